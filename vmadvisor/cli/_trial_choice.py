"""What ``trial`` tries: the recommendation that was named, the first that can be, or a setting that was given."""

from vmadvisor.advise.recommendation import ADJ, SYSCTL, Effect, Recommendation
from vmadvisor.advise.report import Report
from vmadvisor.apply.setting_file import ApplyError
from vmadvisor.apply.targets import NO_LIMIT, Target, target_of
from vmadvisor.model.simulate.watched import Watched
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is tried, with what was foretold of it. ``claim`` and ``risk`` are the recommendation's.

    ``expected`` is what the file held when the advice was made; ``None`` where nobody advised.
    """

    target: Target
    predicted: tuple[Effect, ...]
    expected: str | None
    rule_id: str | None
    claim: str
    risk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A recommendation that is not tried, why, and what to type instead."""

    key: str
    reason: str
    command: str
    undo: str


def chosen(
    report: Report, snapshot: Snapshot, named: str | None, prefix: str
) -> tuple[Choice | None, tuple[Refused, ...]]:
    """The first recommendation that fits ``named`` (an id or a key) and can be tried; those passed over."""
    refused: list[Refused] = []
    fitting = [r for r in report.recommendations if named is None or named in {r.id, r.key}]
    for advice in fitting:
        try:
            target = target_of(_own_key(advice), str(advice.recommended), snapshot, prefix)
        except ApplyError as error:
            refused.append(
                Refused(key=advice.key, reason=str(error), command=advice.command, undo=advice.undo)
            )
            continue
        choice = Choice(
            target=target,
            predicted=advice.predicted,
            expected=NO_LIMIT if advice.current is None else str(advice.current),
            rule_id=advice.id,
            claim=advice.claim,
            risk=advice.risk,
        )
        return choice, tuple(refused)
    return None, tuple(refused)


def _own_key(advice: Recommendation) -> str:
    """A process's name is anyone's; the one that is meant is told by its pid."""
    if not advice.key.startswith(ADJ):
        return advice.key
    if advice.command.startswith("for "):
        raise ApplyError(f"{advice.key}: not tried: more than one process")
    pids = [item.value for item in advice.evidence if item.name == "pid"]
    if len(pids) != 1:
        raise ApplyError(f"{advice.key}: not tried: no one process is named")
    return f"{ADJ}{pids[0]}"


def given(text: str, watched: Watched | None, snapshot: Snapshot, prefix: str) -> Choice:
    """``--set KEY=VALUE``: with what the simulation foretells, where it knows the key."""
    key, sign, value = text.rpartition("=")
    if not sign:
        raise ApplyError(f"{text!r}: expected KEY=VALUE")
    if key.startswith("vm."):
        key = f"{SYSCTL}{key}"
    return Choice(
        target=target_of(key, value, snapshot, prefix),
        predicted=_foretold(key, value, watched),
        expected=None,
        rule_id=None,
        claim="as it was given",
        risk="not judged: no rule recommends it here",
    )


def _foretold(key: str, value: str, watched: Watched | None) -> tuple[Effect, ...]:
    from vmadvisor.advise.tuning._foretold import effects
    from vmadvisor.model.simulate.settings import KEYS

    name = key.removeprefix(SYSCTL)
    if watched is None or name not in KEYS or watched.present is None:
        return ()
    (setting,) = watched.under([((name, value),)])
    return () if setting is None else effects(watched, setting)
