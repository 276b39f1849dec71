#!/bin/sh
# trial.sh WARM_UP_S: vmadvisor trial under a load, once to its end and once under kill -9.
#
# Between the two the guest's own setting has to be what it was; after the kill, too, without anybody's help.
cd /mnt || exit 1
export PYTHONPATH=/mnt/site
file=/proc/sys/vm/watermark_scale_factor
say() { read -r up _ < /proc/uptime && echo "$up $*"; }
while read -r up _ < /proc/uptime && [ "${up%.*}" -lt "$1" ]; do sleep 1; done

before=$(cat $file)
say "watermark_scale_factor is $before"
python3 -m vmadvisor trial --seconds 30 --baseline 40 --minutes 1 --yes > told 2>&1 &
trial=$!
while kill -0 $trial 2> /dev/null; do
    [ "$(cat $file)" = "$last" ] || { last=$(cat $file); say "watermark_scale_factor is $last"; }
    sleep 0.2
done
wait $trial
say "trial ended with $?; watermark_scale_factor is $(cat $file)"
sed 's/^/    /' told

python3 -m vmadvisor trial --set vm.watermark_scale_factor=80 --seconds 5 --baseline 5 --minutes 5 --yes > told 2>&1 &
trial=$!
while [ "$(cat $file)" = "$before" ] && kill -0 $trial; do sleep 0.2; done
say "watermark_scale_factor is $(cat $file); left by the trial:"
cat /run/vmadvisor/trial.json
for pid in $(pgrep -f 'vmadvisor trial'); do
    echo "    pid $pid: $(grep -e VmRSS -e VmLck "/proc/$pid/status" | tr -s '\t\n ' ' ') oom_score_adj $(cat "/proc/$pid/oom_score_adj")"
done
sleep 5
kill -KILL $trial
killed=$(cut -d ' ' -f 1 /proc/uptime)
tries=0
until [ "$(cat $file)" = "$before" ] || [ $tries = 600 ]; do tries=$((tries + 1)); sleep 0.1; done
say "killed with -9 at $killed; watermark_scale_factor is $(cat $file), looked $tries times"
sleep 1
say "left in /run/vmadvisor: $(ls -A /run/vmadvisor); still running: $(pgrep -f 'vmadvisor trial' | wc -l)"
sed 's/^/    /' told
pkill -TERM -x recorder  # all is told
