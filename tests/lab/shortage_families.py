"""Families in which memory runs out, or nearly: for all, for a group, seen and unseen."""

from lab.draw import FILE_MIB, Draw, anon, shm, sleep, touch, wait

SURELY_FULL_RATIO, SURELY_NOT_RATIO = 0.7, 1.3
"""Of the recording's time: a host that is full by then, reckoned, is full before its end."""


def _promise(draw: Draw, full_after_s: float) -> None:
    if full_after_s < SURELY_FULL_RATIO * draw.seconds:
        draw.expect(kills_min=1)
    elif full_after_s > SURELY_NOT_RATIO * draw.seconds:
        draw.expect(kills_max=0)


def leak(draw: Draw) -> None:
    """A steady leak, to the OOM killer unless the recording ends before it."""
    chance, room = draw.chance, draw.usable_mib * 0.6 + draw.swap_mib
    draw.base(0.4, mib_per_s=chance.choice((30, 60, 120)))
    if chance.random() < 0.5:
        draw.reader(min(FILE_MIB, draw.usable_mib * 0.2), mib_per_s=5)
    start_s = chance.randint(2, 8)
    rate = chance.uniform(0.5, 1.6) * room / (draw.seconds * 2 / 3)
    adj = chance.choice((0, 0, 300, -300))
    grow = anon(draw.usable_mib * 1.5 + draw.swap_mib * 2, rate)
    draw.process("leaky", sleep(start_s), grow, wait(), oom_score_adj=adj)
    _promise(draw, start_s + room / rate)


def tmpfs(draw: Draw) -> None:
    """Files in a tmpfs that grow: memory that no process has mapped, so that no process looks guilty."""
    chance, room = draw.chance, draw.usable_mib * 0.6 + draw.swap_mib
    draw.base(0.4)
    draw.reader(min(FILE_MIB, draw.usable_mib * 0.2), mib_per_s=5)
    rate = chance.uniform(0.5, 1.8) * room / (draw.seconds * 2 / 3)
    grow = shm(draw.memory_mib * 1.5 + draw.swap_mib * 2, rate)
    draw.process("uploads", sleep(4), grow, wait())
    _promise(draw, 4 + room / rate)


def thrash(draw: Draw) -> None:
    """Two working sets that do not fit together; the kind of swap decides what becomes of it."""
    chance = draw.chance
    if "swap" not in draw.table:
        draw.table["swap"] = {chance.choice(("disk_mib", "zram_mib")): 256}
    draw.base(chance.uniform(0.8, 1.02))
    draw.process("second", sleep(6), anon(draw.usable_mib * 0.25, 20), touch())


def reread(draw: Draw) -> None:
    """Two readers and memory that do not fit together, without swap: what is thrown out is read again."""
    draw.table.pop("swap", None)
    draw.table["disk"] = {"mib_per_s": draw.chance.choice((16, 32))}
    draw.base(draw.chance.uniform(0.6, 0.8))
    for name in ("reader", "second"):
        draw.reader(min(FILE_MIB, draw.usable_mib * 0.35), name=name)


def victims(draw: Draw) -> None:
    """Many candidates, protected and not, and one who brings the OOM killer upon them."""
    chance = draw.chance
    for number in range(chance.randint(4, 8)):
        adj = chance.choice((0, 0, 0, -500, -900, -1000, 100, 250, 500, 900))
        mib, rate = draw.usable_mib * chance.uniform(0.02, 0.22), chance.choice((10, 25, 50))
        steps = (sleep(chance.uniform(0, 4)), anon(mib, rate), wait())
        draw.process(f"app{number}", *steps, oom_score_adj=adj)
    room = draw.usable_mib + draw.swap_mib
    grow = anon(room + draw.swap_mib, room / (draw.seconds * 0.5))
    draw.process("trigger", sleep(12), grow, wait(), oom_score_adj=chance.choice((0, -1000, -800)))
    draw.expect(kills_min=1)


def memcg(draw: Draw) -> None:
    """A group that reaches its limit on a host that is well; with swap it may go on for a while."""
    chance = draw.chance
    limit = round(draw.usable_mib * chance.uniform(0.2, 0.4))
    group = {"path": "batch/ctr", "memory_max_mib": limit, "oom_group": chance.random() < 0.3}
    if chance.random() < 0.5 or not draw.swap_mib:
        group["memory_swap_max_mib"] = 0
    draw.table["cgroup"] = [group]
    draw.base(0.25)
    draw.process("ctr_a", anon(limit * 0.3, 10), wait(), cgroup="batch/ctr")
    swap_mib = 0 if "memory_swap_max_mib" in group else draw.swap_mib * 2
    grow = anon(limit * 1.5 + swap_mib, limit / (draw.seconds * 0.4))
    adj = chance.choice((0, 200))
    draw.process("ctr_b", sleep(5), grow, wait(), cgroup="batch/ctr", oom_score_adj=adj)
    if not swap_mib:
        draw.expect(kills_min=1, full_avg10_max_pct=20)
