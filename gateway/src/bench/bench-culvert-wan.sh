#!/bin/bash
# bench-culvert-wan.sh ["DELAY:RATE:LOSS …"]    Culvert over the emulated wide-area line, beside iperf3 with one connection
#
# Environment as bench-culvert.sh. One-way delay in ms, Mbit/s, loss in %; default "40:1000:0 40:1000:0.1". TCP buffers as
# systemd/60-culvert.conf sets them (64 MiB). Steps: iperf (6 s), c5 = one incompressible file of 512 MiB, then c1 gen-1 and
# gen-2. Prints wall seconds and Mbit/s of the link as sent; the ratio to iperf3 is what counts. RUN as root, alone.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${BENCH:?the folder with lab.sh and measure.py}"
export LAB=${LAB:-$BENCH/labw} RESULTS=${RESULTS:-$BENCH/results.tsv}
. "$HERE/bench-culvert.sh" lib
WARM=1
BUF=${BUF:-67108864}
profile() {     # profile DELAY:RATE:LOSS
  local d r l c
  IFS=: read -r d r l <<< "$1"; c=wan-$r-$((d * 2))ms-$l%-bbr
  link_wan "$d" "$r" "$l" 0 1; lab_cc bbr
  for n in $NSA $NSB; do
    ip netns exec "$n" sysctl -qw net.ipv4.tcp_rmem="4096 131072 $BUF" net.ipv4.tcp_wmem="4096 65536 $BUF"; done
  ( exec ip netns exec "$NSB" iperf3 -s -p 5300 > /dev/null 2>&1 ) & local ip=$!; sleep 0.5
  echo "$c iperf3: $(ina iperf3 -c "$B" -p 5300 -t 8 -O 2 -f m | awk '/receiver/ {print $7, $8}')"
  kill $ip 2>/dev/null; wait $ip 2>/dev/null
  rm -rf "$LAB/big"; mkdir -p "$LAB/big"; cat "$CORPORA"/c5/random-*.bin > "$LAB/big/random.bin"
  advance c1 1; up wan
  for k in big c1 c1; do
    m culvert-warm "$c" "$k" 1 "python3 $HERE/run-job.py $S/a/admin.sock $k"
    tail -n 1 "$RESULTS" | awk -v k=$k '{printf "   %s: %.2f s, %.0f Mbit/s on the link\n", k, $5, $13 * 8 / $5 / 1e6}'
    [ "$k" = c1 ] && advance c1 2
  done
  down; link_down
}
lab_net; mkdir -p "$LAB"
for p in ${1:-40:1000:0 40:1000:0.1}; do profile "$p"; done
