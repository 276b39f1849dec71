#!/bin/sh
# under_fire.sh COUNT [WARM_UP_S]: `ps aux`, a bare Python, vmadvisor, again and again, in a guest in trouble.
#
#   run 3 at 41.20 ps 231 python 180 check 407 exit 2 WARNING  lab-guest: Linux 6.1...
#
# Hundredths of a second, from /proc/uptime, read by the shell itself: a stopwatch that is a process would
# be stuck too. One run before WARM_UP_S compiles what an installation would have compiled long ago.
count=$1
warm_up_s=${2:-0}
number=0
now() { read -r up _ < /proc/uptime; hundredths=${up%.*}${up#*.}; }
check() { PYTHONPATH=/mnt/site python3 -m vmadvisor check > /tmp/verdict 2>&1; }

now; start=$hundredths
check; code=$?
read -r first < /tmp/verdict || first="nothing was printed"
now
echo "warm-up check $((hundredths - start)) exit $code $first"
while [ $((hundredths - start)) -lt $((warm_up_s * 100)) ]; do sleep 0.2; now; done

while [ "$number" -lt "$count" ]; do
    number=$((number + 1))
    now; t0=$hundredths at=$up
    ps aux > /dev/null
    now; t1=$hundredths
    python3 -c pass
    now; t2=$hundredths
    check; code=$?
    now; t3=$hundredths
    read -r first < /tmp/verdict || first="nothing was printed"
    echo "run $number at $at ps $((t1 - t0)) python $((t2 - t1)) check $((t3 - t2)) exit $code $first"
done
