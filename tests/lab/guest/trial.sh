#!/bin/sh
# trial.sh WARM_UP_S: vmadvisor trial under a load, once under kill -9 and once to its end.
#
# After the kill the guest's own setting has to come back without anybody's help, and at the end by the trial.
# Foretelling is slow in a guest without hardware of its own: a few seconds are watched for it.
cd /mnt || exit 1
export PYTHONPATH=/mnt/site
file=/proc/sys/vm/watermark_scale_factor
say() { read -r up _ < /proc/uptime && echo "$up $*"; }
trial() { exec python3 -m vmadvisor trial "$@" > told 2>&1; }
while read -r up _ < /proc/uptime && [ "${up%.*}" -lt "$1" ]; do sleep 1; done
before=$(cat $file)

trial --set vm.watermark_scale_factor=80 --seconds 3 --baseline 5 --minutes 5 --yes &
pid=$!
say "watermark_scale_factor is $before; a trial begins, pid $pid"
while [ "$(cat $file)" = "$before" ] && kill -0 $pid 2> /dev/null; do sleep 0.2; done
say "watermark_scale_factor is $(cat $file); kept of it:"
cat /run/vmadvisor/trial.json
for one in $(pgrep -f 'vmadvisor trial'); do
    echo "    pid $one: $(grep -e VmRSS -e VmLck "/proc/$one/status" | tr -s '\t\n ' ' ') oom_score_adj $(cat "/proc/$one/oom_score_adj")"
done
sleep 5
say "watermark_scale_factor is $(cat $file): kill -9 $pid"
kill -KILL $pid
tries=0
until [ "$(cat $file)" = "$before" ] || [ $tries = 600 ]; do tries=$((tries + 1)); sleep 0.1; done
say "watermark_scale_factor is $(cat $file), seen after $tries waits of 0.1 s"
sleep 2
say "left in /run/vmadvisor: $(ls -A /run/vmadvisor | wc -l) files; still running: $(pgrep -fc 'vmadvisor trial')"
sed 's/^/    /' told

to_its_end() {
    trial "$@" --baseline 40 --minutes 1 --yes &
    pid=$!
    last=$before
    while kill -0 $pid 2> /dev/null; do
        now=$(cat $file)
        [ "$now" = "$last" ] || say "watermark_scale_factor is $now"
        last=$now
        sleep 0.2
    done
    wait $pid
    say "trial ended with $?; watermark_scale_factor is $(cat $file)"
    sed 's/^/    /' told
}
say "a trial of what advise recommends first"
to_its_end --seconds 8
grep -q "was $before and is" told || to_its_end --set vm.watermark_scale_factor=80 --seconds 3
pkill -TERM -x recorder  # all is told
