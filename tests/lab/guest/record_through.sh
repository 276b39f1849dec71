#!/bin/sh
# record_through.sh SECONDS: both recorders for so long, then what they wrote and what they took.
#
# The flight recorder is asked for its last minute before the end: what it sampled while all was stalled.
cd /mnt || exit 1
export PYTHONPATH=/mnt/site
mkdir dumps
python3 -m vmadvisor record --duration "$1" plain.tar.zst > plain.told 2>&1 &
plain=$!
python3 -m vmadvisor record --ring 1m --on pressure,stall,oom --to dumps --after 5s > ring.told 2>&1 &
ring=$!
sleep "$(($1 - 30))"
kill -USR1 $ring
sleep 20
grep -H -e VmHWM -e VmLck "/proc/$plain/status" "/proc/$ring/status"
grep -H . "/proc/$plain/oom_score_adj" "/proc/$ring/oom_score_adj"
kill -TERM $ring
wait
cat plain.told ring.told
for file in plain.tar.zst dumps/*; do
    echo "$file: $(stat -c %s "$file") bytes"
    zstd -qdc "$file" 2> /dev/null | tar -t 2> /dev/null | grep '/proc/vmstat$' | cut -d / -f 1 |
        awk '{ if (n++ && $1 - last > most) most = $1 - last; last = $1; if (n == 1) first = $1 }
             END { printf "  %d ticks from %s to %s, most %.2f s apart\n", n, first, last, most }'
done
dmesg 2> /dev/null | grep -e 'Killed process'
pkill -TERM -x recorder
