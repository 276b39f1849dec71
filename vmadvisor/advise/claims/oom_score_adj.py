"""``oom_score_adj`` moves a process in an order; it keeps no memory for it."""

from collections.abc import Iterator

from vmadvisor.advise.claims._claim import Change, Claim
from vmadvisor.advise.finding import HOST, Quantity
from vmadvisor.kernel.badness import OOM_SCORE_ADJ_MIN, host_total_pages
from vmadvisor.kernel.oom import victims
from vmadvisor.snapshot import Snapshot


def _numbers(snapshot: Snapshot) -> Iterator[Quantity]:
    total = host_total_pages(snapshot)
    yield Quantity(
        name="total", value=total, unit="pages", source="/proc/meminfo MemTotal + SwapTotal"
    )
    if total is not None:
        yield Quantity(
            name="weight_of_100",
            value=100 * (total // 1000),
            unit="pages",
            source="computed: 100 * (total // 1000)",
        )
    order = victims(snapshot).get(HOST, ())
    exempt = [v for v in order if v.oom_score_adj == OOM_SCORE_ADJ_MIN]
    if order:
        yield Quantity(
            name="exempt", value=len(exempt), unit="count", source="/proc/PID/oom_score_adj = -1000"
        )
        yield Quantity(
            name="exempt_hold",
            value=sum(v.rss_pages + v.swap_pages + v.page_table_pages for v in exempt),
            unit="pages",
            source="/proc/PID/status of those",
        )
    first = next((victim for victim in order if victim.killable), None)
    if first is not None:
        yield Quantity(
            name="first", value=first.comm, unit="name", source=f"/proc/{first.pid_id}/stat"
        )
        yield Quantity(
            name="first_points",
            value=first.points_pages,
            unit="pages",
            source="computed: oom_badness()",
        )


CLAIM = Claim(
    name="oom-score-adj",
    claim="Protect a service from the OOM killer by a negative oom_score_adj, -1000 at best.",
    answer="It changes who dies, not whether; -1000 on anything large makes matters worse.",
    right="For small processes that must be reachable or are needed to recover (sshd, the service manager), "
    "and in steps (-100 is a tenth of RAM and swap) to have a hog die before a service.",
    changes=(
        Change(since=(4, 8), text="It holds for all processes that share the memory, but for vfork children."),
        Change(since=(5, 9), text="Negative sums stay comparable: below, -999 to some -500 were all alike."),
        Change(
            since=(5, 9),
            text="/proc/PID/oom_score is (1000 + points * 1000 / total) * 2 / 3: 666 is a small "
            "process, 0 an exempt one, and the number alone no longer tells the size.",
        ),
    ),
    harmful="-1000 takes a process out of the choice for good, even if it is the one that leaks: everything "
    "else dies first, then the kernel panics. The value passes on to all children. It means nothing with "
    "vm.oom_kill_allocating_task, and nothing to systemd-oomd.",
    instead="-500 to -900 where protection is meant, in the unit (OOMScoreAdjust=); memory.min or memory.low "
    "to keep memory; memory.max on who may run away.",
    numbers=_numbers,
    rules=("VMA-VICTIM-001", "VMA-PROTECT-001", "VMA-PROTECT-002", "VMA-PROTECT-003", "VMA-POLICY-001"),
    references=("mm/oom_kill.c:oom_badness", "fs/proc/base.c:oom_score_adj_write"),
)  # fmt: skip
