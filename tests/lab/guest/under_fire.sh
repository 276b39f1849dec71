#!/bin/sh
# under_fire.sh WARM_UP_S FIRE_ARGUMENT...: lets guest/fire.c loose once the guest has been up that long.
#
# Before, one run of each command compiles what an installation has compiled, and is a fair start for all.
warm_up_s=$1
shift
export PATH=$PATH:/mnt
ps aux > /dev/null
python3 -c pass
python3 /mnt/under_fire.py check --deadline 300 3> /dev/null
echo "warm-up ended with $?"
while read -r up _ < /proc/uptime && [ "${up%.*}" -lt "$warm_up_s" ]; do sleep 1; done
/mnt/fire "$@"
pkill -TERM -x recorder  # all is told
