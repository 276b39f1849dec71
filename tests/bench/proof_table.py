"""Proofs of advice as Markdown: one row a workload, then one row a setting; written between the README's marks."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from proofs import FIGURES, Proof, aim_of, halved

README = Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"(<!-- advice in the lab -->\n).*?(<!-- /advice in the lab -->)", re.DOTALL)
_UNITS = {"full_stall": "s/h", "stalls": "/s"}
_WORDS = {name: f"{name} {_UNITS.get(name, 'pages/s')}" for name in FIGURES}
_EACH = (
    "| setting, workload | from → advised (tried) | aim | before | foretold | measured | halved |"
)
_KEYS = (
    "| setting | aim halved in | of them with the advised value itself | full-stall time halved in "
    "| figures inside what was foretold |"
)


def part(found: Iterable[bool | None]) -> str:
    """How many of those that are known.

    >>> part([True, None, False, True])
    '2 of 3'
    """
    known = [one for one in found if one is not None]
    return f"{sum(known)} of {len(known)}"


def _rule(header: str) -> str:
    return "|" + "---|" * (header.count("|") - 1)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.1f}"


def _spread(values: Sequence[float]) -> str:
    """Median, range, n.

    >>> _spread([3.0, 1.0, 1200.0]), _spread([7.25])
    ('3.0 (1.0..1,200, n = 3)', '7.2 (n = 1)')
    """
    middle = _number(median(values))
    if len(values) == 1:
        return f"{middle} (n = 1)"
    return f"{middle} ({_number(min(values))}..{_number(max(values))}, n = {len(values)})"


def _values(values: Iterable[int]) -> str:
    found = sorted(set(values))
    return "..".join(dict.fromkeys((str(found[0]), str(found[-1]))))


def by_workload(proofs: Iterable[Proof]) -> dict[tuple[str, str], list[Proof]]:
    """The proofs of every setting and workload, in order."""
    found: dict[tuple[str, str], list[Proof]] = defaultdict(list)
    for proof in proofs:
        found[proof.key, proof.before.group].append(proof)
    return dict(sorted(found.items()))


def _aim(proofs: Sequence[Proof]) -> str | None:
    aims = Counter(found for proof in proofs if (found := aim_of(proof)) is not None)
    return max(aims, key=lambda figure: aims[figure], default=None)


def row(key: str, group: str, proofs: Sequence[Proof]) -> str:
    """One workload; where its recordings aim at several figures, the one most of them do."""
    aim = _aim(proofs)
    name = f"`{key}`, {group.removeprefix('pairs-')}"
    tried = "" if all(p.is_as_advised for p in proofs) else f" ({_values(p.tried for p in proofs)})"
    changed = (
        f"{_values(p.current for p in proofs)} → {_values(p.recommended for p in proofs)}{tried}"
    )
    if aim is None:
        return f"| {name} | {changed} | none: nothing foretold of what was bad | | | | |"
    proofs = [proof for proof in proofs if aim in proof.predicted and proof.counted(aim)]
    counted = [found for proof in proofs if (found := proof.counted(aim)) is not None]
    after = {one.path: value for p, found in zip(proofs, counted, strict=True)
             for one, value in zip(p.repeats, found[1], strict=True)}  # fmt: skip
    told = [proof.predicted[aim] for proof in proofs]
    foretold = (
        f"{_number(median(t[0] for t in told))} "
        f"({_number(min(t[1] for t in told))}..{_number(max(t[2] for t in told))})"
    )
    cells = (
        name, changed, _WORDS[aim], _spread([found[0] for found in counted]), foretold,
        _spread(list(after.values())), part([halved(proof, aim) for proof in proofs]),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def key_row(key: str, proofs: Sequence[Proof], inside: Sequence[bool]) -> str:
    """One setting."""
    groups = [
        [halved(proof, aim_of(proof)) for proof in found] for found in by_workload(proofs).values()
    ]
    most = [sum(map(bool, values)) * 2 > len(values) for values in groups]
    exact = [halved(proof, aim_of(proof)) for proof in proofs if proof.is_as_advised]
    cells = (
        f"`{key}`",
        f"{part([halved(p, aim_of(p)) for p in proofs])} recordings, {part(most)} workloads",
        part(exact) if exact else "-",
        part([halved(p, "full_stall") for p in proofs]),
        part(inside),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def tables(tallies: dict[str, list[Proof]], inside: dict[str, list[bool]]) -> str:
    """Both tables, settings first."""
    settings = [key_row(key, tallies[key], inside[key]) for key in sorted(tallies)]
    every = [proof for proofs in tallies.values() for proof in proofs]
    each = [row(key, group, proofs) for (key, group), proofs in by_workload(every).items()]
    parts = (_KEYS, _rule(_KEYS), *settings, "", _EACH, _rule(_EACH), *each)
    return "\n".join(parts) + "\n"


def written(readme: str, made: str) -> str:
    """The README with these tables between its marks."""
    return BLOCK.sub(lambda block: block[1] + made + block[2], readme)
