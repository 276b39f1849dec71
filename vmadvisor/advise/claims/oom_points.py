"""``points = rss + adj * total / 1000``: ``oom_badness()`` but for what it leaves out."""

from collections.abc import Iterator

from vmadvisor.advise.claims._claim import Change, Claim
from vmadvisor.advise.finding import HOST, Quantity
from vmadvisor.kernel.badness import host_total_pages
from vmadvisor.kernel.oom import victims
from vmadvisor.snapshot import Snapshot


def _numbers(snapshot: Snapshot) -> Iterator[Quantity]:
    total = host_total_pages(snapshot)
    first = next((one for one in victims(snapshot).get(HOST, ()) if one.killable), None)
    yield Quantity(
        name="total", value=total, unit="pages", source="/proc/meminfo MemTotal + SwapTotal"
    )
    if first is None or total is None:
        return
    pid = f"/proc/{first.pid_id}"
    claimed = first.rss_pages + int(first.oom_score_adj * total / 1000)
    yield Quantity(name="first", value=first.comm, unit="name", source=f"{pid}/stat")
    for name, value, unit, source in (
        ("rss", first.rss_pages, "pages", f"{pid}/stat, statm"),
        ("swap", first.swap_pages, "pages", f"{pid}/status VmSwap"),
        ("page_tables", first.page_table_pages, "pages", f"{pid}/status VmPTE"),
        ("oom_score_adj", first.oom_score_adj, "adj", f"{pid}/oom_score_adj"),
        ("points_by_the_claim", claimed, "pages", "computed: rss + adj * total / 1000"),
        ("points", first.points_pages, "pages", "computed: oom_badness()"),
        ("oom_score_computed", first.oom_score, "score", "computed: proc_oom_score()"),
        ("oom_score_printed", first.kernel_oom_score, "score", f"{pid}/oom_score"),
    ):
        yield Quantity(name=name, value=value, unit=unit, source=source)


CLAIM = Claim(
    name="points-rss-plus-adj",
    claim="The OOM killer's points are rss + oom_score_adj * total / 1000.",
    answer="Right for the kernel's own points once swap and page tables are added; not what oom_score shows.",
    right="In order of size: points = rss + swap + page tables + adj * (total / 1000), in pages, the division "
    "first and cut off. total is RAM and swap, of a cgroup its limit and its swap, of a cpuset its nodes.",
    changes=(
        Change(since=(3, 14), text="A privileged process loses 3 % of its points (until 4.16)."),
        Change(since=(4, 17), text="Privileges no longer count."),
        Change(since=(5, 1), text="The process with the most points dies, not its largest child."),
        Change(
            since=(5, 9),
            text="/proc/PID/oom_score = (1000 + points * 1000 / total) * 2 / 3; before, points * 1000 / total.",
        ),
        Change(since=(6, 2), text="rss is read from per-CPU counters without summing them (until 6.19)."),
    ),
    harmful="Sizes read out of oom_score are wrong since 5.9, and a large zram counts as swap: it makes every "
    "oom_score_adj weigh more. Huge pages, tmpfs that nobody maps and kernel memory are in no one's points.",
    instead="vmadvisor victims lists the order by the kernel's own rule, and under other values (--adjust).",
    numbers=_numbers,
    rules=("VMA-VICTIM-001", "VMA-SPARE-001"),
    references=("mm/oom_kill.c:oom_badness", "fs/proc/base.c:proc_oom_score"),
)  # fmt: skip
