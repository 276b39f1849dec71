"""Real programs from the Debian root: what they do to memory is their own."""

from lab.draw import Draw, sleep, wait

PREPARE = "mkdir -p /mnt/w && cd /mnt/w"

# Shell lines; {mib} is what the program may take, {seconds} how long it may run.
PROGRAMS: dict[str, str] = {
    "stress-vm": "stress-ng --vm 2 --vm-bytes {half}m --vm-keep --timeout {seconds}",
    "stress-walk": "stress-ng --vm 1 --vm-bytes {mib}m --vm-hang 1 --timeout {seconds}",
    "stress-bigheap": "stress-ng --bigheap 1 --bigheap-growth 1m --timeout {seconds}",
    "stress-hdd": "stress-ng --hdd 1 --hdd-bytes {mib}m --temp-path /mnt/w --timeout {seconds}",
    "sqlite": (
        "rm -f db; sqlite3 db 'pragma cache_size=-{kib}; create table t(a, b);"
        " with recursive n(i) as (select 1 union all select i+1 from n where i < {rows})"
        " insert into t select abs(random()) % 1000000, hex(randomblob(200)) from n;"
        " create index u on t(b); select count(distinct a) from t;'"
    ),
    "sort": (
        "seq {rows} | awk '{{srand($1); print int(rand()*1e9), $1, \"x\" $1*7919}}' > in;"
        " sort -S {mib}M -T /mnt/w -k2n in > out; sort -S {mib}M -T /mnt/w in | tail -1"
    ),
    "tar": "for i in 1 2 3; do tar cf a.tar /usr/lib /usr/bin; tar xf a.tar; rm -rf usr; done",
    "gcc": (
        'for i in $(seq 2000); do echo "int f$i(int x){{return x%$i+f$i$i(x);}}'
        ' int f$i$i(int x){{return x*$i;}}"; done > big.c;'
        " for n in 1 2 3; do gcc -O2 -c big.c -o big$n.o & done; wait"
    ),
}  # fmt: skip


def command(name: str, *, mib: float, seconds: float) -> str:
    """The shell line of a program that may take so much.

    >>> command("stress-walk", mib=90, seconds=40)
    'mkdir -p /mnt/w && cd /mnt/w && while :; do stress-ng --vm 1 --vm-bytes 90m --vm-hang 1 --timeout 40; sleep 1; done'
    """
    sizes = {"mib": round(mib), "half": round(mib / 2), "kib": round(mib * 1024)}
    line = PROGRAMS[name].format(**sizes, rows=round(mib * 2000), seconds=round(seconds))
    return f"{PREPARE} && while :; do {line}; sleep 1; done"


def programs(draw: Draw) -> None:
    """Real programs beside a service, with as much memory as there is, or less, or more."""
    chance = draw.chance
    draw.table["disk"] = {"mib": 2048, "root": True}
    draw.base(chance.uniform(0.3, 0.55))
    names = chance.sample(sorted(PROGRAMS), 2)
    for name in names:
        mib = draw.usable_mib * chance.uniform(0.15, 0.6)
        line = command(name, mib=mib, seconds=draw.seconds)
        draw.process(name, sleep(chance.uniform(2, 10)), {"do": "run", "command": line}, wait())
