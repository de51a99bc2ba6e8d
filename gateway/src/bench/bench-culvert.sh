#!/bin/bash
# bench-culvert.sh [-c "c1 c2 …"] [-n RUNS] [-w]        measures Culvert as bench-peers.sh measures rsync, restic, borg
#
# Environment: BENCH    the folder with lab.sh, measure.py and bench-peers.sh (what the peers are measured with)
#              CORPORA  made by make-corpora.sh        RESULTS  the .tsv that lines are appended to
#              CULVERT  the launcher of a built checkout (default: the one this script lies in)
#
# Two gateways run beforehand, one in the network namespace and cgroups of each site, enrolled by a real token. A step is
# one job, started through the gateway's API (run-job.py) as its schedule would; restore is the command `culvert restore`
# at site A, its JVM's start included. CPU counts the gateways of both sites, and the starting script or the command. With -w the two
# gateways first replicate other trees ($WARM_DATA, default "/usr/share"; names must not share content with the corpus) and
# restore the last of them ($WARM_RESTORES times, 3), as gateways have that run for longer than a minute: tool culvert-warm; without, the tool is
# culvert, started for each corpus anew. Wire bytes as everywhere: the link's counter.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${BENCH:?the folder with lab.sh and measure.py}"
CULVERT=${CULVERT:-$HERE/../../../culvert}
MODE=run; CORP="c1 c2 c3 c4 c5"; RUNS=1; WARM=${WARM:-}
[ "${1:-}" = lib ] && { MODE=lib; shift; set --; }
[ "${1:-}" = one-in-lock ] && { MODE=one; shift; ONE_TOOL=$1 ONE_CORPUS=$2 ONE_RUN=$3; set --; }
while getopts c:n:w o; do case $o in c) CORP=$OPTARG;; n) RUNS=$OPTARG;; w) WARM=1;; *) exit 2;; esac; done
shift $((OPTIND - 1))
. "$BENCH/lab.sh"
MAXGEN=${MAXGEN:-9}
S=$LAB/culvert

gens() { case $1 in c1) echo 6;; c2|c3) echo 3;; *) echo 1;; esac; }
advance() {     # advance CORPUS K: the live source at generation K, in place, and in the page cache, as bench-peers.sh does
  case $1 in
    c1) SRC=$LAB/a/src/c1; mkdir -p "$SRC"; rsync -a --delete --checksum "$CORPORA/c1/gen-$2/" "$SRC/";;
    c2) SRC=$LAB/a/src/c2; mkdir -p "$SRC"; cp --sparse=always "$CORPORA/c2/gen-$2.img" "$SRC/disk.img";;
    c3) SRC=$LAB/a/src/c3; mkdir -p "$SRC"; cp "$CORPORA/c3/gen-$2.tar" "$SRC/stream.tar";;
    c4) SRC=$CORPORA/c4/app;;
    c5) SRC=$CORPORA/c5;;
  esac
  find "$SRC" -type f -print0 | xargs -0 -P2 -n 500 cat > /dev/null
}

bg() {    # bg SITE LOG CMD...: a daemon at that site, in its cgroups; prints its process id
  local s=$1 log=$2 ns; shift 2
  [ "$s" = a ] && ns=$NSA || ns=$NSB
  ( for c in cpuacct memory; do echo "$BASHPID" > "/sys/fs/cgroup/$c/cvb-$s/cgroup.procs"; done
    exec ip netns exec "$ns" "$@" ) > "$log" 2>&1 &
  echo $!
}
warm_names() { local i=0 w; for w in ${WARM_DATA:-/usr/share}; do i=$((i + 1)); printf '%swarm%s' "$1" "$i"; done; }
warm_path() { set -- "${1#warm}" ${WARM_DATA:-/usr/share}; shift "$1"; echo "$1"; }
latest() { ina "$CULVERT" --config "$S/a/site.yaml" snapshot list --dataset "$1" --peer b --output json 2>/dev/null | grep -o '[0-9]\{8\}T[0-9]\{6\}-[0-9a-f]\{8\}' | sort | tail -n 1; }
warm() {        # what a gateway has done before
  local w
  for w in $(warm_names " "); do ina python3 "$HERE/run-job.py" "$S/a/admin.sock" "$w" > /dev/null; done
  for _ in $(seq "${WARM_RESTORES:-3}"); do
    ina "$CULVERT" --config "$S/a/site.yaml" restore "$(latest "$w")" --stdout > /dev/null
  done
}
site() {  # site NAME LISTEN PEER
  rm -rf "${S:?}/$1"; mkdir -p "$S/$1"
  "$CULVERT" init --site "$1" --dir "$S/$1" > /dev/null 2>&1 || { echo "init $1 failed" >&2; exit 1; }
  cat > "$S/$1/site.yaml" <<Y
site: $1
stateDir: $S/$1
listen: $2
pools: {main: {path: $S/$1/pool}}
grants: {$3: {write: [main], read: [corpus$(warm_names ", ")]}}
datasets:
$(for w in $(warm_names " "); do echo "  $w: {kind: tree, path: $(warm_path "$w"), replicateTo: [{peer: $3, pool: main}]}"; done)
  corpus: $4
  big: {kind: tree, path: $LAB/big, replicateTo: [{peer: $3, pool: main}]}
  c1: {kind: tree, path: $LAB/a/src/c1, replicateTo: [{peer: $3, pool: main}]}
checkpoints: {embedded: true}
admin: {listen: 127.0.0.1:9443}
Y
}
source_of() {   # source_of CORPUS: the dataset of the corpus in the site file
  case $1 in
    c2) echo "{kind: volume, path: $LAB/a/src/c2/disk.img, replicateTo: [{peer: b, pool: main}]}";;
    c1|c3) echo "{kind: tree, path: $LAB/a/src/$1, replicateTo: [{peer: b, pool: main}]}";;
    c4) echo "{kind: tree, path: $CORPORA/c4/app, replicateTo: [{peer: b, pool: main}]}";;
    c5) echo "{kind: tree, path: $CORPORA/c5, replicateTo: [{peer: b, pool: main}]}";;
    *) echo "{kind: tree, path: /nonexistent}";;
  esac
}
up() {          # up CORPUS: two fresh gateways, enrolled, the stream up
  site a "$A:8443" b "$(source_of "$1")"; site b "$B:8443" a "{kind: tree, path: /nonexistent}"
  GA=$(bg a "$S/a.log" "$CULVERT" gateway --config "$S/a/site.yaml"); GB=$(bg b "$S/b.log" "$CULVERT" gateway --config "$S/b/site.yaml")
  for s in a b; do for _ in $(seq 300); do [ -S "$S/$s/admin.sock" ] && break; sleep 0.1; done; done
  local token; token=$(ina "$CULVERT" --config "$S/a/site.yaml" peer invite b 2>/dev/null | tail -n 1)
  inb "$CULVERT" --config "$S/b/site.yaml" peer join "$token" > /dev/null 2>&1 || { echo "join failed" >&2; cat "$S"/*.log >&2; exit 1; }
  for _ in $(seq 100); do
    ina curl -s --unix-socket "$S/a/admin.sock" http://localhost/api/v1/peers | grep -q '"state" *: *"up"' && break; sleep 0.1; done
  [ -z "$WARM" ] || warm
  sleep 3       # compilers at rest
}
down() { kill "$GA" "$GB" 2>/dev/null; wait "$GA" "$GB" 2>/dev/null; true; }
rss() {         # the largest resident set of each gateway so far
  for p in "$GA" "$GB"; do
    printf '%s\t%s\t%s\t%s\tRSS\t%s\n' "$1" "$2" peak "$3" "$(awk '/VmHWM/ {print $2 * 1024}' "/proc/$p/status")" >> "$RESULTS.rss"; done
}
one() {         # one TOOL CORPUS RUN
  local t=$1 c=$2 run=$3 n k id
  n=$(gens "$c"); [ "$n" -gt "$MAXGEN" ] && n=$MAXGEN
  advance "$c" 1; up "$c"
  for k in $(seq "$n"); do
    [ "$k" -gt 1 ] && advance "$c" "$k"
    m "$t" "$c" "g$k" "$run" "python3 $HERE/run-job.py $S/a/admin.sock corpus"
    [ "$k" = 1 ] && stored "$t" "$c" g1 "$run" "$S/b/pool"
  done
  stored "$t" "$c" all "$run" "$S/b/pool"
  [ "$c" = c4 ] && for _ in $(seq "${RERUNS:-4}"); do
    m "$t" "$c" rerun "$run" "python3 $HERE/run-job.py $S/a/admin.sock corpus"; done
  id=$(latest corpus)
  rm -rf "$LAB/a/out"; mkdir -p "$LAB/a/out"
  if [ "$c" = c2 ]; then
    m "$t" "$c" restore "$run" "$CULVERT --config $S/a/site.yaml restore $id --stdout > $LAB/a/out/disk.img"
  else
    m "$t" "$c" restore "$run" "$CULVERT --config $S/a/site.yaml restore $id --to $LAB/a/out"
  fi
  if diff -rq --no-dereference "$SRC" "$LAB/a/out" > /dev/null 2>&1; then echo "   restore of $t $c: same as the source"; else echo "   restore of $t $c: DIFFERS"; fi
  rm -rf "$LAB/a/out"; rss "$t" "$c" "$run"; down
}
case $MODE in
  run)
    lab_up
    for run in $(seq "$RUNS"); do for c in $CORP; do
      WARM=$WARM locked env MAXGEN="$MAXGEN" WARM="$WARM" bash "$HERE/bench-culvert.sh" one-in-lock "culvert${WARM:+-warm}" "$c" "$run"
    done; done;;
  lib) ;;   # sourced by bench-culvert-wan.sh
  one) one "$ONE_TOOL" "$ONE_CORPUS" "$ONE_RUN";;
esac
