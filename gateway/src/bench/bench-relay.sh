#!/bin/bash
# bench-relay.sh [-n RUNS] [PART …]     Culvert's relay beside raw TCP, ssh -L, stunnel and HAProxy, in one run on one machine
#
# Parts, default all but profile:
#   tunnels  per run and tool, in turn: bulk, CPU of both sites per GB, round trips of 64 bytes; ratios to HAProxy and stunnel
#   fair     round trips of 64 bytes through the relay, alone and while another flow fills the stream: a relayed bulk, a
#            replication; on each of LINES, "veth" or DELAY:RATE:LOSS (one-way ms, Mbit/s, %)
#   wan      one bulk through the relay over each of WANS, beside raw TCP, stunnel and iperf3 with one connection
#   nfs      20 nfs-cp at once to and from an NFS server at B (rpcbind, NFS-Ganesha on a tmpfs), relayed and direct
#            (NFS_LINE 40:1000:0: over a line of 80 ms, beside iperf3)
#   dedup    the same file copied twice by nfs-cp each way: bytes of the stream
#   profile  where the gateways' CPU goes during a relayed bulk: JFR and, if there, perf; files in $LAB/profile
#
# Environment: BENCH    the folder with lab.sh, measure.py, bench-tunnels.sh, pingpong.c, wanlink.c; not written to
#              LAB      where everything is made (default /tmp/bench-relay); figures: $LAB/relay.tsv, $LAB/results.tsv
#              CULVERT  the launcher of a built checkout (default: the one this script lies in)
#              MB 2000, PINGS 10000, WARM_MB 9000 (a JVM's first GBs cost double), TOOLS, RELAY "{dedup: off}" (pingpong sends
#              zeros, which dedup would not carry at all), and below
# The peers and all local sockets have the kernel's congestion control: "sysctl net.ipv4.tcp_congestion_control" is cubic on Debian.
# RUN as root, alone, on Debian 12. Ends by itself; ends only what it started; refuses if the namespaces are there already.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${BENCH:?the folder with lab.sh and measure.py}"
export LAB=${LAB:-${TMPDIR:-/tmp}/bench-relay}
RUNS=3; [ "${1:-}" = -n ] && { RUNS=$2; shift 2; }
MB=${MB:-2000} PINGS=${PINGS:-10000} WARM_MB=${WARM_MB:-9000} RELAY=${RELAY:-"{dedup: off}"}
TOOLS=${TOOLS:-"raw ssh-aes stunnel haproxy culvert"}
LINES=${LINES:-"veth 5:1000:0 40:1000:0"} NOISE_MB=${NOISE_MB:-3000}     # the replication must outlast the round trips
FAIR_LOADS=${FAIR_LOADS:-"idle relay replication"}
WANS=${WANS:-"40:1000:0"} WAN_MB=${WAN_MB:-2147} BUF=${BUF:-67108864}    # 2 GiB; buffers of systemd/60-culvert.conf
NFS_LINE=${NFS_LINE:-veth} NFS_FILES=${NFS_FILES:-20} NFS_MB=${NFS_MB:-50} DEDUP_MB=${DEDUP_MB:-64}
PROFILE_MB=${PROFILE_MB:-4000}
VA=10.99.0.5 VN=10.99.0.6                                                # virtual addresses at A: pingpong, NFS

if [ "${1:-}" != in-lock ]; then
  [ $# -gt 0 ] || set -- tunnels fair wan nfs dedup
  for p in "$@"; do case $p in tunnels|fair|wan|nfs|dedup|profile) ;; *) sed -n 2,13p "$0"; exit 2;; esac; done
  mkdir -p "$LAB/bench"; : > "$LAB/relay.tsv"
  for f in lab.sh measure.py bench-tunnels.sh pingpong.c wanlink.c; do cp -f "$BENCH/$f" "$LAB/bench/" || exit 1; chmod u+w "$LAB/bench/$f"; done
  export BENCH=$LAB/bench RESULTS=$LAB/results.tsv
  cc -O2 -Wall -o "$BENCH/pingpong" "$BENCH/pingpong.c" -lpthread || exit 1
  BENCH_LOCKED=1 flock "${LOCK:-${TMPDIR:-/tmp}/bench.lock}" bash "$0" -n "$RUNS" in-lock "$@"; rc=$?
  python3 "$HERE/relay-table.py" "$LAB/relay.tsv"; exit $rc
fi
shift
runs=$RUNS; . "$HERE/bench-culvert.sh" lib; RUNS=$runs          # lab.sh, bg SITE LOG CMD, S, CULVERT; it has RUNS of its own
P=$LAB/pki FIGURES=$LAB/relay.tsv PP=$BENCH/pingpong LOAD=
eval "$(sed -n '/^pki()/,/^}/p; /^configs()/,/^}/p' "$BENCH/bench-tunnels.sh")"   # the certificates and settings of the peers
STARTED=()

for n in $NSA $NSB; do
  ip netns list | grep -qw "$n" && { echo "namespace $n is there already: another bench runs, or \"ip netns del $n\"" >&2; exit 1; }; done
ended() { for _ in $(seq 100); do kill -0 "$1" 2>/dev/null || return 0; sleep 0.1; done; kill -9 "$1" 2>/dev/null; }
end() { local p; for p in "$@"; do kill "$p" 2>/dev/null; done; for p in "$@"; do ended "$p"; done; }
clean() { unload; end "${STARTED[@]}"; mountpoint -q "$LAB/export" && umount "$LAB/export"; lab_down; }
trap clean EXIT; trap 'exit 130' INT TERM

start() { local pid; pid=$(bg "$@"); STARTED+=("$pid"); }
note() { printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >> "$FIGURES"; }                # PART CASE TOOL RUN METRIC VALUE
word() { awk -v w="$1" '{for (i = 1; i < NF; i++) if ($i == w) print $(i + 1)}' "$2" | tail -n 1; }
costs() { # costs PART CASE TOOL RUN GB: what measure.py wrote last
  tail -n 1 "$RESULTS" | awk -F'\t' -v OFS='\t' -v k="$1	$2	$3	$4" -v g="$5" '$16 == 0 {print k, "cpuA", $6 / g; print k, "cpuB", $9 / g;
    print k, "noise", $15 / g}' >> "$FIGURES"; }
bulk() {  # bulk PART CASE TOOL RUN ENDPOINT MB
  m "$3" "$2" bulk "$4" "$PP bulk $5 $6 > $LAB/out" || return
  [ -s "$LAB/out" ] || { echo "   $3: the bulk failed" >&2; return; }
  note "$1" "$2" "$3" "$4" gbit "$(awk '{print $(NF - 1)}' "$LAB/out")"; costs "$1" "$2" "$3" "$4" "$(awk "BEGIN {print $6 / 1000}")"; }
ping64() {  # ping64 PART CASE TOOL RUN ENDPOINT COUNT
  ina timeout -k 1 180 "$PP" ping $5 "$6" 64 > "$LAB/ping-$3" || { echo "   $3: the round trips failed" >&2; return; }
  for q in p50 p99; do note "$1" "$2" "$3" "$4" $q "$(word $q "$LAB/ping-$3")"; done; }
endpoint() { case $1 in raw) echo "$B 9000";; haproxy) echo "127.0.0.1 9001";; stunnel) echo "127.0.0.1 9002";; ssh) echo "127.0.0.1 9003";;
  ssh-aes) echo "127.0.0.1 9004";; culvert) echo "$VA 9000";; esac; }
ask() { curl -s -m 5 --unix-socket "$S/a/admin.sock" "http://localhost$1"; }
carried() { ask /api/v1/peers | python3 -c 'import json, sys
s = json.load(sys.stdin)[0]["stream"]; print(s["sentBytes"], s["receivedBytes"])'; }
noise() { openssl enc -aes-128-ctr -nosalt -K "$(openssl rand -hex 16)" -iv 0 < /dev/zero 2>/dev/null | head -c "$(($1 * 1000000))"; }

# ---- the two gateways

sitefile() {    # sitefile NAME PEER LISTEN APPLIANCES GRANTS
  rm -rf "${S:?}/$1"; mkdir -p "$S/$1" "$LAB/noise"
  "$CULVERT" init --site "$1" --dir "$S/$1" > /dev/null 2>&1 || { echo "init $1 failed" >&2; exit 1; }
  cat > "$S/$1/site.yaml" <<Y
site: $1
stateDir: $S/$1
listen: $3
pools: {main: {path: $S/$1/pool}}
grants: {$2: {write: [main]$5}}
appliances:
$4
relay: $RELAY
datasets: {noise: {kind: tree, path: $LAB/noise, replicateTo: [{peer: $2, pool: main}]}}
checkpoints: {embedded: true}
admin: {listen: 127.0.0.1:9443}
Y
}
gateways() {    # gateways WARM_MB [PINGS]: fresh, enrolled, the stream up, warm
  local services="services: {pingpong: {ports: 9000}, iperf: {ports: 5201}}" mountd="services: {mountd: {ports: 2052, program: 100005}}" token
  sitefile a b "$A:8443" "  bench: {kind: custom, peer: b, address: $VA, $services}
  nfs: {kind: nfs, peer: b, address: $VN, $mountd}" ""
  sitefile b a "$B:8443" "  bench: {kind: custom, target: 127.0.0.1, $services}
  nfs: {kind: nfs, target: $B, $mountd}" ", connect: [bench, nfs]"
  for v in $VA $VN; do ip -n "$NSA" addr replace "$v/32" dev lo; done
  GA=$(bg a "$S/a.log" "$CULVERT" gateway --config "$S/a/site.yaml"); GB=$(bg b "$S/b.log" "$CULVERT" gateway --config "$S/b/site.yaml")
  STARTED+=("$GA" "$GB")
  for s in a b; do for _ in $(seq 300); do [ -S "$S/$s/admin.sock" ] && break; sleep 0.1; done; done
  token=$(ina "$CULVERT" --config "$S/a/site.yaml" peer invite b 2>/dev/null | tail -n 1)
  inb "$CULVERT" --config "$S/b/site.yaml" peer join "$token" > /dev/null 2>&1 || { echo "join failed" >&2; cat "$S"/*.log >&2; exit 1; }
  for _ in $(seq 100); do ina timeout -k 1 5 "$PP" bulk $VA 9000 1 > /dev/null 2>&1 && break; sleep 0.2; done
  for _ in 1 2 3; do    # a compiler that has no core while a bulk runs catches up in the pauses
    ina timeout -k 1 120 "$PP" bulk $VA 9000 $(($1 / 3)) || { echo "nothing goes through the relay" >&2; tail -n 5 "$S"/*.log >&2; exit 1; }
    ina timeout -k 1 60 "$PP" ping $VA 9000 "${2:-10000}" 64 > /dev/null; sleep 1
  done
}
stop() { end "$GA" "$GB"; }
line() {        # line veth|DELAY:RATE:LOSS: the link as this says, no gateways; buffers and BBR as a user of long lines has them
  local d r l
  if [ "$1" = veth ]; then link_veth
  else
    IFS=: read -r d r l <<< "$1"; link_wan "$d" "$r" "$l" 0 1; lab_cc bbr
    for n in $NSA $NSB; do
      ip netns exec "$n" sysctl -qw net.ipv4.tcp_rmem="4096 131072 $BUF" net.ipv4.tcp_wmem="4096 16384 $BUF"; done
  fi
}
pings_on() { local d=${1%%:*}; if [ "$1" = veth ]; then echo "${FAIR_PINGS:-2000}"; else awk "BEGIN {print int(8000 / (2 * $d))}"; fi; }

# ---- the parts

tunnels() {
  local run t
  line veth; pki; configs
  start b "$LAB/st-b.log" stunnel4 "$LAB/st-b.conf"; start a "$LAB/st-a.log" stunnel4 "$LAB/st-a.conf"
  start b "$LAB/ha-b.log" haproxy -db -f "$LAB/ha-b.cfg"; start a "$LAB/ha-a.log" haproxy -db -f "$LAB/ha-a.cfg"
  start a "$LAB/ssh-a.log" "$LAB/bin/ssh" -N -L 127.0.0.1:9003:127.0.0.1:9000 b
  start a "$LAB/ssh-b.log" "$LAB/bin/ssh" -N -c aes128-gcm@openssh.com -L 127.0.0.1:9004:127.0.0.1:9000 b
  gateways "$WARM_MB"
  for t in $TOOLS; do ina timeout -k 1 30 "$PP" bulk $(endpoint "$t") 50 > /dev/null; done
  for run in $(seq "$RUNS"); do for t in $TOOLS; do
    bulk tunnels veth "$t" "$run" "$(endpoint "$t")" "$MB"
    ping64 tunnels veth "$t" "$run" "$(endpoint "$t")" "$PINGS"
  done; done
  for p in $GA $GB; do note tunnels veth culvert 1 peakMB "$(awk '/VmHWM/ {print $2 / 1024}' "/proc/$p/status")"; done
  stop
}
load() {        # load idle|relay|replication: what fills the stream
  LOAD=; case $1 in           # no function in front: LOAD must be what is killed
    relay) ip netns exec "$NSA" "$PP" bulk $VA 9000 1000000 > /dev/null 2>&1 & LOAD=$!;;
    replication) noise "$NOISE_MB" > "$LAB/noise/file"; sync -f "$LAB"
      ina timeout -k 1 180 python3 "$HERE/run-job.py" "$S/a/admin.sock" noise > "$LAB/job.log" 2>&1 & LOAD=$!;;
  esac
  [ "$1" = idle ] || sleep 2
}
unload() { [ -n "$LOAD" ] && { kill "$LOAD" 2>/dev/null; wait "$LOAD" 2>/dev/null; }; LOAD=; }
queues() {      # every 100 ms: bytes of the stream that A's kernel has not sent yet, and that B's has and its gateway has not read
  while sleep 0.1; do
    echo "0$(ina ss -Htin state established '( sport = :8443 or dport = :8443 )' | grep -o 'notsent:[0-9]*' | cut -d: -f2)" \
      "$(inb ss -Htn state established '( sport = :8443 or dport = :8443 )' | awk '{print $1}')"
  done > "$LAB/queues"
}
fair() {
  local l run kind count before after from raw sampler
  for l in $LINES; do
    line "$l"; gateways "$([ "$l" = veth ] && echo "$WARM_MB" || echo $((WARM_MB / 2)))" 100; count=$(pings_on "$l")
    for run in $(seq "$RUNS"); do for kind in $FAIR_LOADS; do
      load "$kind"; before=$(carried); from=$(date +%s.%N); raw=
      # past the gateways: what the line's own queue adds. Not on veth, where it would only take CPU.
      [ "$l" = veth ] || { ina timeout -k 1 180 "$PP" ping "$B" 9000 "$count" 64 > "$LAB/ping-past" & raw=$!; }
      queues & sampler=$!
      ping64 fair "$l $kind" culvert "$run" "$VA 9000" "$count"
      kill $sampler 2>/dev/null; wait $sampler 2>/dev/null
      for q in 1 2; do note fair "$l $kind" culvert "$run" queue$q "$(sort -n -k $q "$LAB/queues" | awk -v q=$q '{v[NR] = $q} END {print v[int(NR / 2) + 1] / 1000}')"; done
      after=$(carried)
      note fair "$l $kind" culvert "$run" mbit "$(echo "${before% *} ${after% *} $from $(date +%s.%N)" | awk '{print ($2 - $1) * 8 / 1e6 / ($4 - $3)}')"
      [ "$kind" = idle ] || kill -0 "$LOAD" 2>/dev/null || echo "   $l $kind: the load ended before the round trips: raise NOISE_MB" >&2
      [ -z "$raw" ] || { wait "$raw"; for q in p50 p99; do note fair "$l $kind" past "$run" $q "$(word $q "$LAB/ping-past")"; done; }
      unload; sleep 1
    done; done
    stop
  done
}
wan() {
  local l run t
  for l in $WANS; do
    line "$l"; pki; configs
    start b "$LAB/st-b.log" stunnel4 "$LAB/st-b.conf"; start a "$LAB/st-a.log" stunnel4 "$LAB/st-a.conf"
    gateways $((WARM_MB / 2)) 20
    for run in $(seq "$RUNS"); do
      for t in iperf3:"$B" iperf3-culvert:$VA; do
        note wan "$l" "${t%:*}" "$run" gbit "$(ina timeout -k 1 60 iperf3 -c "${t#*:}" -t 8 -O 2 -f m | awk '/receiver/ {print $7 / 1000}')"; done
      for t in raw stunnel culvert; do bulk wan "$l" "$t" "$run" "$(endpoint $t)" "$WAN_MB"; done
    done
    stop; end "${STARTED[@]: -4:2}"
  done
}
nfs_server() {  # rpcbind and NFS-Ganesha at B, as the tests have them; the export in memory, so that no disk is measured
  mkdir -p "$LAB/export"; mountpoint -q "$LAB/export" || mount -t tmpfs tmpfs "$LAB/export"
  cat > "$LAB/ganesha.conf" <<G
NFS_CORE_PARAM {
  Bind_addr = $B; NFS_Port = 2049; MNT_Port = 2052; NLM_Port = 2053;
  Enable_NLM = false; Enable_RQUOTA = false; Protocols = 3,4; mount_path_pseudo = true;
}
NFSV4 { Grace_Period = 5; Lease_Lifetime = 10; Graceless = true; RecoveryBackend = fs; }
EXPORT {
  Export_Id = 77; Path = $LAB/export; Pseudo = /backup; Access_Type = RW; Squash = No_Root_Squash; SecType = sys;
  Protocols = 3,4; Transports = TCP,UDP; Filesystem_Id = 77.77; FSAL { Name = VFS; }
}
G
  start b "$LAB/nfs.log" unshare -m bash -uc "
    mount --make-rprivate /; mount -t tmpfs tmpfs /run; mkdir -p /run/ganesha /run/rpcbind /run/sendsigs.omit.d
    rpcbind -f -w & R=\$!
    until [ -S /run/rpcbind.sock ]; do sleep 0.05; done
    ganesha.nfsd -F -f '$LAB/ganesha.conf' -L '$LAB/ganesha.log' -p /run/ganesha/pid -N NIV_EVENT & G=\$!
    trap 'kill \$G \$R; wait' TERM
    wait \$G"
  NFSD=${STARTED[-1]}
  for _ in $(seq 100); do inb timeout -s KILL 2 rpcinfo -T tcp "$B" 100003 3 > /dev/null 2>&1 && return; sleep 0.2; done
  echo "the NFS server did not come up, see $LAB/ganesha.log" >&2; exit 1
}
fresh() {       # fresh NAME: an empty folder that the server has not met; it keeps what it has met open for a while
  find "$LAB/export" -path "$LAB/export/src" -prune -o -type f -exec truncate -s 0 {} + ; mkdir "$LAB/export/$1" "$LAB/export/$1.back"
}
copies() {      # copies HOST up|down NAME FILES: the command, that many nfs-cp at once
  local one="nfs-cp $LAB/export/src/{} nfs://$1/backup/$3/{}?version=3"
  [ "$2" = down ] && one="nfs-cp nfs://$1/backup/$3/{}?version=3 $LAB/export/$3.back/{}"
  echo "seq $4 | xargs -P $4 -I{} timeout -s KILL 120 $one > $LAB/out 2>&1"
}
nfs() {
  local run t way host same
  line "$NFS_LINE"; nfs_server; mkdir -p "$LAB/export/src"
  if [ "$NFS_LINE" = veth ]; then gateways "$WARM_MB"; else
    gateways 3000 20
    for run in $(seq "$RUNS"); do
      note nfs "$NFS_LINE" iperf3 "$run" mbs "$(ina timeout -k 1 60 iperf3 -c "$B" -t 8 -O 2 -f m | awk '/receiver/ {print $7 / 8}')"; done
  fi
  for i in $(seq "$NFS_FILES"); do noise "$NFS_MB" > "$LAB/export/src/$i"; done
  for run in $(seq "$RUNS"); do for t in direct culvert; do
    host=$B; [ $t = culvert ] && host=$VN
    fresh "$t$run"
    for way in up down; do
      m "nfs-$t" nfs $way "$run" "$(copies "$host" $way "$t$run" "$NFS_FILES")"
      case $way in up) same=$t$run;; down) same=$t$run.back;; esac
      diff -rq "$LAB/export/src" "$LAB/export/$same" > "$LAB/diff" || { echo "   nfs $t $way: DIFFERS: $(head -n 1 "$LAB/diff")" >&2; continue; }
      note nfs $way "$t" "$run" mbs "$(tail -n 1 "$RESULTS" | awk -F'\t' -v mb=$((NFS_FILES * NFS_MB)) '{print mb / $5}')"
      costs nfs $way "$t" "$run" "$(awk "BEGIN {print $NFS_FILES * $NFS_MB / 1000}")"
    done
  done; done
  stop; end "$NFSD"
}
dedup() {
  local run k way before after same RELAY="{dedup: ${DEDUP:-auto}}"
  line veth; nfs_server; gateways 100; rm -rf "$LAB/export/src"; mkdir -p "$LAB/export/src"
  for run in $(seq "$RUNS"); do for way in up down; do
    noise "$DEDUP_MB" > "$LAB/export/src/1"
    for k in first second; do
      same=$way$run$k; fresh "$same"
      [ $way = up ] || { cp "$LAB/export/src/1" "$LAB/export/$same/1"; same=$same.back; }
      before=$(carried); ina timeout -k 1 120 bash -c "$(copies $VN $way "$way$run$k" 1)"; sleep 1; after=$(carried)
      cmp -s "$LAB/export/src/1" "$LAB/export/$same/1" || echo "   dedup $way $k: DIFFERS" >&2
      note dedup "$way" culvert "$run" "$k" "$(echo "$before $after" | awk '{print ($3 + $4 - $1 - $2) / 1e6}')"
    done
  done; done
  note dedup up culvert 1 file "$DEDUP_MB"; note dedup down culvert 1 file "$DEDUP_MB"
  stop; end "$NFSD"
}
switches() {    # switches PID: context switches so far, by kind of thread
  awk -F'[:\t]+' '/^Name/ {n = $2; sub(/[-.0-9]*$/, "", n)} /ctxt_switches/ {c[n] += $2} END {for (n in c) print n, c[n]}' \
    /proc/"$1"/task/*/status 2>/dev/null | sort; }
bycall() {      # from perf script: share of each kind of thread's samples by the system call they were in
  awk '/^[^ \t]/ {flush(); comm = $0; sub(/[-.0-9]*[ \t]*$/, "", comm); where = "user"; kernel = 0; next}
    where == "user" && /(__x64_sys_|do_syscall_64|do_writev|ksys_read|ksys_write|handle_softirqs|tcp_sendmsg|tcp_recvmsg)/ {where = $2}
    function flush() {if (comm != "") {n[comm "\t" where]++; all++}}
    END {flush(); for (k in n) printf "%5.1f %%  %s\n", 100 * n[k] / all, k}' | sort -rn | head -n 20; }
profile() {
  local jdk g n p; mkdir -p "$LAB/profile"
  line veth; gateways "$WARM_MB"; jdk=$(dirname "$(readlink -f "/proc/$GA/exe")")
  for g in a:$GA b:$GB; do
    switches "${g#*:}" > "$LAB/profile/${g%:*}.before"; grep -E 'char|sysc' "/proc/${g#*:}/io" > "$LAB/profile/${g%:*}.io"
    "$jdk/jcmd" "${g#*:}" JFR.start name=relay settings=profile jdk.CPUTimeSample#enabled=true jdk.CPUTimeSample#throttle=5ms > /dev/null
  done
  m culvert veth profile 1 "$PP bulk $VA 9000 $PROFILE_MB > $LAB/out"; cat "$LAB/out"
  for g in a:$GA b:$GB; do
    n=${g%:*} p=${g#*:}
    switches "$p" > "$LAB/profile/$n.after"; grep -E 'char|sysc' "/proc/$p/io" >> "$LAB/profile/$n.io"
    "$jdk/jcmd" "$p" JFR.dump name=relay filename="$LAB/profile/$n.jfr" > /dev/null; "$jdk/jcmd" "$p" JFR.stop name=relay > /dev/null
    for v in cpu-time-hot-methods hot-methods allocation-by-class allocation-by-site thread-cpu-load gc-pauses; do
      "$jdk/jfr" view --width 150 $v "$LAB/profile/$n.jfr"; done > "$LAB/profile/$n.txt" 2>&1
    echo "== gateway $n: context switches per GB, by kind of thread"
    join "$LAB/profile/$n.before" "$LAB/profile/$n.after" | awk -v mb="$PROFILE_MB" '$3 - $2 > 50 {printf "%8d  %s\n", ($3 - $2) * 1000 / mb, $1}' | sort -rn
    awk '{v[NR] = $2} END {r = v[7] - v[3]; w = v[8] - v[4]; if (r && w) printf "%d reads of %d bytes, %d writes of %d (recv and send not counted)\n",
      r, (v[5] - v[1]) / r, w, (v[6] - v[2]) / w}' "$LAB/profile/$n.io"
    "$jdk/jfr" view --width 150 cpu-time-hot-methods "$LAB/profile/$n.jfr" | head -n 30
  done
  command -v perf > /dev/null && for g in a:$GA b:$GB; do
    n=${g%:*}; "$jdk/jcmd" "${g#*:}" Compiler.perfmap > /dev/null
    ina timeout -k 1 60 "$PP" bulk $VA 9000 "$PROFILE_MB" > /dev/null & p=$!
    timeout -k 1 60 perf record -q -g -F 997 -e cpu-clock -p "${g#*:}" -o "$LAB/profile/$n.perf" -- sleep 4 > /dev/null 2>&1; wait $p
    for k in dso comm,symbol; do
      timeout -k 1 60 perf report -i "$LAB/profile/$n.perf" --no-children -g none --stdio --sort $k 2>/dev/null | grep -v '^#' | grep . > "$LAB/profile/$n.$k"; done
    echo "== gateway $n: where its CPU was"; head -n 8 "$LAB/profile/$n.dso"
    timeout -k 1 60 perf script -i "$LAB/profile/$n.perf" -F comm,ip,sym 2>/dev/null | bycall; rm -f "/tmp/perf-${g#*:}.map"
  done
  stop
}
lab_up
start b "$LAB/pp.log" bash -c "trap '' PIPE; exec '$PP' serve 9000"      # a client that is killed must not end it
start b "$LAB/iperf.log" iperf3 -s
for part in "$@"; do $part; done
