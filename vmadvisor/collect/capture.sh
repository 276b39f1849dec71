#!/bin/sh
# Writes what vmadvisor reads of this host to standard output, as a tar archive of two ticks
# (<seconds>/proc/..., <seconds>/sys/...), for a host without Python:
#
#     ssh HOST sh -s < capture.sh | vmadvisor check --root -
#     sh capture.sh 5 > host.tar            # ticks 5 seconds apart instead of 1
#
# Needs a POSIX shell, head, awk and tr; BusyBox will do. Nothing is written to disk or to a tmpfs,
# where 5,000 processes would take 100 MB of a host that may have none to spare: head reads many
# files in one go, awk puts a tar header before each (files of /proc have size 0, so tar itself
# cannot). Names, environments, memory maps and free lists of processes and zones stay unread.
#
# Between head and awk a file begins with the line "==> PATH <==". A process name cannot forge one:
# it has 15 bytes. Byte 1 stands for NUL until tr, for not every awk can print a NUL.

LC_ALL=C
export LC_ALL
interval=${1:-1}
group_seconds=5    # for control groups, which may hang behind a lock
group_count=500

once='version cmdline swaps buddyinfo spl/kstat/zfs/arcstats'
kernel='osrelease hostname numa_balancing task_delayacct random/boot_id panic'
vm='swappiness min_free_kbytes watermark_scale_factor watermark_boost_factor zone_reclaim_mode
overcommit_memory overcommit_ratio overcommit_kbytes dirty_ratio dirty_bytes dirty_background_ratio
dirty_background_bytes vfs_cache_pressure min_unmapped_ratio min_slab_ratio panic_on_oom
oom_kill_allocating_task oom_dump_tasks page-cluster admin_reserve_kbytes user_reserve_kbytes
nr_hugepages nr_overcommit_hugepages percpu_pagelist_high_fraction extfrag_threshold
compaction_proactiveness defrag_mode numa_stat laptop_mode stat_interval lowmem_reserve_ratio'
ticking='meminfo vmstat zoneinfo pressure/memory pressure/io pressure/cpu stat uptime'
group_v2='memory.current memory.max memory.high memory.low memory.min memory.swap.current
memory.swap.max memory.events memory.events.local memory.oom.group memory.pressure cgroup.procs'
group_v1='memory.usage_in_bytes memory.limit_in_bytes memory.soft_limit_in_bytes
memory.memsw.usage_in_bytes memory.memsw.limit_in_bytes memory.failcnt memory.oom_control
memory.swappiness cgroup.procs'

# /dev/null comes first so that head, having two files or more, always names them.
files() {
    head -n 999999 /dev/null "$@" 2>/dev/null
}

# A tick's name is the uptime at its beginning: what rates are made of is read right after it.
tick() {
    read -r now _ < /proc/uptime
    printf '\n==> @%s <==\n' "$now"
    set --
    for name in $ticking; do set -- "$@" "/proc/$name"; done
    files "$@"
}

settings() {
    set --
    for name in $once; do set -- "$@" "/proc/$name"; done
    for name in $kernel; do set -- "$@" "/proc/sys/kernel/$name"; done
    for name in $vm; do set -- "$@" "/proc/sys/vm/$name"; done
    for name in enabled defrag hpage_pmd_size; do
        set -- "$@" "/sys/kernel/mm/transparent_hugepage/$name"
    done
    for name in enabled min_ttl_ms; do set -- "$@" "/sys/kernel/mm/lru_gen/$name"; done
    for name in enabled max_pool_percent compressor; do
        set -- "$@" "/sys/module/zswap/parameters/$name"
    done
    for pages in /sys/kernel/mm/hugepages/hugepages-*; do
        for name in nr_hugepages free_hugepages resv_hugepages surplus_hugepages; do
            set -- "$@" "$pages/$name"
        done
    done
    for node in /sys/devices/system/node/node[0-9]*; do
        for name in meminfo numastat distance cpulist; do set -- "$@" "$node/$name"; done
    done
    for disk in /sys/block/zram[0-9]*; do
        for name in disksize mm_stat comp_algorithm backing_dev orig_data_size compr_data_size \
            mem_used_total; do
            set -- "$@" "$disk/$name"
        done
    done
    for disk in /sys/block/*; do set -- "$@" "$disk/queue/rotational"; done
    files "$@"
}

# Files of every process, some hundred to a head.
processes() {
    names=$*
    set --
    for process in /proc/[0-9]*; do
        for name in $names; do set -- "$@" "$process/$name"; done
        if [ $# -ge 300 ]; then
            files "$@"
            set --
        fi
    done
    files "$@"
}

# Two levels of control groups; memory.stat, which costs the kernel most, where there is a limit.
groups() {
    if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
        top=/sys/fs/cgroup limit_name=memory.max names=$group_v2
    else
        top=/sys/fs/cgroup/memory limit_name=memory.limit_in_bytes names=$group_v1
    fi
    seen=0
    for group in "$top" "$top"/*/ "$top"/*/*/; do
        group=${group%/}
        [ -e "$group/memory.stat" ] || continue
        seen=$((seen + 1))
        [ "$seen" -le "$group_count" ] || break
        set --
        for name in $names; do set -- "$@" "$group/$name"; done
        limit=max
        [ -e "$group/$limit_name" ] && read -r limit < "$group/$limit_name"
        case $limit in
        max | ????????????????????* | 9223372036854??????) ;;
        *) set -- "$@" "$group/memory.stat" ;;
        esac
        files "$@"
    done
}

capture() {
    tick
    settings
    processes stat statm
    sleep "$interval"
    tick
    processes stat status statm oom_score oom_score_adj
    files /proc/uptime
    # Whoever comes first ends the archive; a head that hangs keeps nothing but our pipe.
    { groups; end @end; } 2>/dev/null < /dev/null &
    { sleep "$group_seconds"; end @late; } 2>/dev/null < /dev/null &
}

# Some awks wait for a full buffer: they are fed until they are gone.
end() {
    printf '\n==> %s <==\n' "$1"
    while printf '%4096s\n' ''; do :; done
}

capture | awk '
BEGIN {
    for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i
    zeros = "\001"
    while (length(zeros) < 512) zeros = zeros zeros
    owner = "0000000" nul(1)
    before = "0000644" nul(1) owner owner
    after = "00000000000" nul(1)
    magic = "0" nul(100) "ustar" nul(1) "00" nul(80)
    constant = sum("0000644" "0000000" "0000000" "00000000000" "0" "ustar" "00" "        ")
}

function nul(count) { return substr(zeros, 1, count) }

function field(text, size) { return text nul(size - length(text)) }

function sum(text,    i, total) {
    for (i = length(text); i > 0; i--) total += code[substr(text, i, 1)]
    return total
}

# Header and data of the file read last; one that gave nothing is left out.
function member(    name, prefix, slash, size, check) {
    if (path == "" || body == "") return
    name = now path
    prefix = ""
    while (length(name) > 100 && (slash = index(name, "/"))) {
        prefix = prefix (prefix == "" ? "" : "/") substr(name, 1, slash - 1)
        name = substr(name, slash + 1)
    }
    if (length(name) > 100 || length(prefix) > 155) return
    size = sprintf("%011o", length(body))
    check = sprintf("%06o", constant + sum(name) + sum(prefix) + sum(size))
    printf "%s", field(name, 100) before size nul(1) after check nul(1) " " magic field(prefix, 167)
    printf "%s", body
    printf "%s", nul((512 - length(body) % 512) % 512)
}

function finish() {
    printf "%s", zeros
    printf "%s", zeros
    is_done = 1
    exit
}

/^==> .* <==$/ {
    name = substr($0, 5, length($0) - 8)
    if (name == "@late") finish()
    if (name ~ /^@/ || name ~ /^\/(proc|sys)\// || name == "/dev/null") {
        # An empty line stands before every name but the first of each head.
        if (name != "/dev/null") sub(/\n$/, "", body)
        member()
        path = body = ""
        if (name == "@end") finish()
        if (name ~ /^@/) now = substr(name, 2)
        else if (name != "/dev/null") path = name
        next
    }
}

{
    gsub(/\001/, "?")
    body = body $0 "\n"
}

END { if (!is_done) finish() }
' | tr '\001' '\000'
