"""A large process is exempt from the OOM killer, by oom_score_adj -1000.

``oom_badness()`` never considers it, even when it is the one that leaks: everything else is killed first,
and with nothing left to kill the kernel panics (``out_of_memory()``: "no killable processes"). Small
daemons may have -1000 (sshd, udevd ship it); what holds a tenth of RAM and swap should not. A value such as
-500 takes half of RAM and swap off its points and still lets a runaway be stopped. Often nobody chose it:
a child inherits the value of the daemon that started it.
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.rules._oom_order import (
    Standing,
    adj_advice,
    host_runs_short,
    killable_effect,
    parentage,
    peers,
    place,
    rank_effect,
    standing,
)
from vmadvisor.advise.rules._quiet import quiet_host
from vmadvisor.kernel.badness import OOM_SCORE_ADJ_MIN
from vmadvisor.kernel.oom import Victim
from vmadvisor.model.facts import Facts, VictimOrder
from vmadvisor.model.reorder import footprint_pages

LARGE_MIN_RATIO = 0.10
"""Of RAM and swap: what no service needs to be allowed for good (1/10 is also +100 of oom_score_adj)."""

PROTECTED_ADJ = -500
"""Half of RAM and swap off its points: behind all others until it holds more than that."""

_REFERENCES = ("mm/oom_kill.c:oom_badness", "mm/oom_kill.c:out_of_memory")


def _exempt(now: Standing) -> Iterator[Victim]:
    for victim in now.subjects:
        is_exempt = victim.oom_score_adj == OOM_SCORE_ADJ_MIN
        if is_exempt and footprint_pages(victim) >= LARGE_MIN_RATIO * now.total_pages:
            yield victim


def _evidence(now: Standing, victim: Victim) -> tuple[Quantity, ...]:
    killable = sum(footprint_pages(other) for other in now.killable)
    return (
        *place(None, victim),
        Quantity(
            name="share",
            value=footprint_pages(victim) / now.total_pages,
            unit="ratio",
            source="computed: of MemTotal + SwapTotal",
        ),
        Quantity(
            name="killable_memory",
            value=killable,
            unit="pages",
            source="computed: all that can be chosen together",
        ),
        *parentage(now.kin(victim)),
    )


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    now = standing(facts)
    if now is None:
        return
    for victim in _exempt(now):
        kin = now.kin(victim)
        inherited = kin is not None and kin.has_parents_adj and kin.parent_comm != victim.comm
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.WARNING if host_runs_short(facts) else Severity.INFO,
            title=f"{victim.comm} (pid {victim.pid_id}) is large and can never be killed: "
            f"oom_score_adj is -1000{' as its parent has it' if inherited else ''}",
            confidence="high",
            evidence=_evidence(now, victim),
            would_change=(
                f"its size below {LARGE_MIN_RATIO * 100:.0f} % of RAM and swap, or a value above -1000",
            ),
        )


def recommend(facts: Facts) -> Iterator[Recommendation]:
    """A value that protects it and lets it be stopped."""
    now = standing(facts)
    if now is None:
        return
    for victim in _exempt(now):
        after = now.under(dict.fromkeys(peers(now, victim), PROTECTED_ADJ))
        yield adj_advice(
            now,
            victim,
            PROTECTED_ADJ,
            rule_id=RULE.id,
            claim=f"{victim.comm} can be protected without being exempt",
            evidence=_evidence(now, victim),
            predicted=(
                killable_effect(now.order, after),
                rank_effect("rank", now.order, after, victim.pid_id),
            ),
            risk="it is killed when it holds more than half of RAM and swap, or nothing else is left",
            would_change=("a host on which this process must never die whatever it holds",),
            references=_REFERENCES,
        )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.rules import _examples as host

    exempt = replace(
        host.VICTIM, pid_id=311, comm="java", oom_score_adj=-1000, killable=False, points_pages=0,
        rss_pages=900_000,
    )  # fmt: skip
    return host.facts(VictimOrder(by_scope={HOST: (host.VICTIM, exempt)}, total_pages=2_524_288))


RULE = Rule(
    id="VMA-PROTECT-001",
    title="A large process can never be killed",
    needs=(VictimOrder,),
    check=check,
    recommend=recommend,
    references=_REFERENCES,
    fires_on=_fires,
    quiet_on=quiet_host,
)
