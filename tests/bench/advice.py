"""Advice on hosts drawn at random: is it legal, within the shares, does it harm, does it help, is it quiet after.

    python tests/bench/advice.py --count 1000 --exact 100000 --seed 0

``--exact`` hosts are asked only for what the marks' rule may ever choose from, and what others' rules would
set: the kernel's arithmetic, no simulation. ``--count`` hosts are staged, judged, and staged again under each
advice. Others' rules go through the same: memstate's target for min_free_kbytes, constants of tuned's
profiles, and swappiness 0. Prints the README's table.
"""

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from drawn_hosts import drawn, settled, staged

from vmadvisor.advise.judge import judge
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.targets import Targets
from vmadvisor.advise.tuning import TUNING_RULES, _candidates
from vmadvisor.advise.tuning._foretold import (
    FEW_PAGES_PER_S,
    full_s_per_h,
    raises_oom_risk,
    reclaim_stall_s_per_h,
    refaults_per_s,
)
from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.model.facts import derive
from vmadvisor.model.reserve_share import node_shares
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.model.simulate.settings import MIN_FREE, SCALE_FACTOR, SWAPPINESS, ZONE_RECLAIM
from vmadvisor.model.simulate.staged import Staged, StagedHost, bare_snapshot
from vmadvisor.model.simulate.watched import Watched

GIB_KIB = 1 << 20
OURS, MEMSTATE, TUNED, ZERO = "vmadvisor", "memstate", "tuned hpc-compute", "swappiness 0"
FIELDS = {
    MIN_FREE: "min_free_kib", SCALE_FACTOR: "watermark_scale_factor_permyriad",
    SWAPPINESS: "swappiness_count", ZONE_RECLAIM: "zone_reclaim_mode",
}  # fmt: skip
STEPS_MAX_COUNT = 3
STRENGTHS = (1.0, 1.6, 2.5, 4.0)
"""How strong a sickness is drawn: the first that the host's own run shows; where none does it is left out."""


@dataclass(kw_only=True)
class Tally:
    """Counts of one rule's advice."""

    told: Counter[str] = field(default_factory=Counter)

    def add(self, *words: str) -> None:
        self.told.update(words)


def others(host, managed_kib: int) -> dict[str, dict[str, int]]:
    """Each other rule's settings, where they differ from the host's own."""
    nodes = len(host.free_pages)
    target = max(managed_kib // 200, GIB_KIB * nodes if nodes > 1 else 0)
    now = host.sysctl.min_free_kib
    warns = not 0.8 <= now / target <= 1.5
    found = {
        MEMSTATE: {MIN_FREE: target} if warns else {},
        TUNED: {MIN_FREE: 135_168, ZONE_RECLAIM: 1},
        ZERO: {SWAPPINESS: 0},
    }
    return {
        name: {k: v for k, v in values.items() if getattr(host.sysctl, FIELDS[k]) != v}
        for name, values in found.items()
    }


def is_within(snapshot, values: dict[str, int]) -> bool:
    """Legal, and no node over its shares; every zone counted."""
    rules = behaviour_of(snapshot)
    factor = values.get(SCALE_FACTOR)
    if factor is not None and not 1 <= factor <= rules.scale_factor_max_permyriad:
        return False
    if not 0 <= values.get(SWAPPINESS, 0) <= rules.swappiness_max_count:
        return False
    if MIN_FREE not in values and factor is None:
        return True
    shares = node_shares(
        snapshot, min_free_kib=values.get(MIN_FREE), scale_factor_permyriad=factor, has_all=True
    )
    return shares is not None and all(share.is_within for share in shares)


def exact(seed: int) -> dict[str, Counter[str]]:
    """One host, arithmetic only."""
    _, host, _ = drawn(seed)
    snapshot = bare_snapshot(host)
    managed = sum(zone.managed_pages for zone in host.zones) * host.page_size_bytes // 1024
    found: dict[str, Counter[str]] = {OURS: Counter(hosts=1)}
    asked = [{SCALE_FACTOR: value} for value in _candidates.scale_candidates(snapshot)]
    asked += [{MIN_FREE: value} for value in _candidates.min_free_candidates(snapshot)]
    found[OURS]["over"] = any(not is_within(snapshot, values) for values in asked)
    for name, values in others(host, managed).items():
        found[name] = Counter(hosts=1, over=bool(values) and not is_within(snapshot, values))
    return found


def advised(staged_host):
    """(what was watched, the judgement's recommendations)."""
    watched = Watched(staged_host.moments, staged_host.snapshots[-1])
    facts = derive(*staged_host.snapshots[-2:]).joined(watched)
    found = judge(facts, (*RULES, *TUNING_RULES)).recommendations
    return watched, [one for one in found if one.id != "VMA-RELIEF-001"]


def changed(host, advice):
    """The host with the advice applied."""
    if advice.key in {"swap", "zram"}:
        mib = int(str(advice.recommended).removesuffix("M"))
        pages = mib * (1 << 20) // host.page_size_bytes
        path = "/dev/zram0" if advice.key == "zram" else "/swapfile"
        return replace(host, swap_pages=pages, swap_path=path)
    field_name = FIELDS[advice.key.removeprefix("sysctl:")]
    return replace(host, sysctl=replace(host.sysctl, **{field_name: advice.recommended}))


def helps(watched, setting) -> bool:
    """A third less stall, half of the returns, or half of the direct reclaims."""
    present = watched.present
    stalls, then = present.figures.stalls_per_s, setting.figures.stalls_per_s
    return (
        full_s_per_h(setting) <= 0.7 * full_s_per_h(present)
        or refaults_per_s(setting) <= 0.9 * refaults_per_s(present)
        or (stalls is not None and then is not None and then.value <= 0.5 * stalls.value)
    )


def shows(watched) -> bool:
    """Whether what makes it sick came about: stalls beyond the usual target, pages that come back, or kills."""
    present = watched.present
    stall = reclaim_stall_s_per_h(present) or 0.0
    target = Targets().full_stall_s_per_h
    return stall > target or refaults_per_s(present) >= FEW_PAGES_PER_S or present.kills_count > 0


def whole(seed: int, others_every: int = 1) -> tuple[str, dict[str, Counter[str]]]:
    """One host: judged by us and, of every so many, by the others' rules; our advice applied and judged again."""
    kind, host, physics, first = built(seed)
    if first is None:
        return kind, {OURS: Counter({f"left out {kind}": 1})}
    watched, recommendations = advised(first)
    snapshot = bare_snapshot(host)
    word = "healthy" if kind == "healthy" else "sick"
    found: dict[str, Counter[str]] = {}
    asked = {
        OURS: [
            ((one.key.removeprefix("sysctl:"), str(one.recommended)),) for one in recommendations
        ]
    }
    managed = sum(zone.managed_pages for zone in host.zones) * host.page_size_bytes // 1024
    if seed % others_every == 0:
        asked |= {
            name: [tuple((k, str(v)) for k, v in values.items())] if values else []
            for name, values in others(host, managed).items()
        }
    for name, changes in asked.items():
        found[name] = Counter({word: 1, f"{word} {kind}": 1})
        settings = watched.under(changes)
        if name != OURS:
            settings = [setting for setting in settings if setting is not None]
        is_advised = bool(changes)
        found[name][f"{word} advised"] = is_advised
        found[name]["risk"] = any(
            setting is not None and raises_oom_risk(watched, setting) for setting in settings
        )
        helped = any(
            setting is not None and helps(watched, setting) for setting in settings
        ) or _helps_later(watched, changes)
        found[name][f"{word} helped"] = helped
        found[name][f"{word} {kind} helped"] = helped
        values = [dict(pairs) for pairs in changes]
        found[name]["over"] = any(
            not is_within(snapshot, {k: int(v) for k, v in each.items() if k in FIELDS})
            for each in values
        )
    _again(host, physics, recommendations, found[OURS])
    return kind, found


def built(seed: int) -> tuple[str, StagedHost, Physics, Staged | None]:
    """The host, sick enough for its own run to show it; ``None`` where no strength of it does.

    Asked of the present settings alone, before any advice.
    """
    for strength in STRENGTHS:
        kind, host, physics = drawn(seed, strength)
        found = staged(host, physics)
        if kind == "healthy" or shows(Watched(found.moments, found.snapshots[-1])):
            return kind, host, physics, found
    return kind, host, physics, None


def _helps_later(watched, changes) -> bool:
    """Whether it does on the same load going on, as advice about swap may be told."""
    longer = watched.longer if changes else None
    if longer is None:
        return False
    asked = [pairs for pairs in changes if pairs[0][0] in {SWAPPINESS, "swap", "zram"}]
    return any(one is not None and helps(longer, one) for one in longer.under(asked))


def _again(host, physics, recommendations, told: Counter[str]) -> None:
    """Applies the first advice, lets the host settle and asks again, as often as a patient admin would."""
    seen: dict[str, list[object]] = {}
    steps = 0
    while recommendations and steps < STEPS_MAX_COUNT:
        one = recommendations[0]
        seen.setdefault(one.key, [one.current]).append(one.recommended)
        before = settled(host, physics) if not steps else None
        host = changed(host, one)
        steps += 1
        after = settled(host, physics)
        if before is not None:
            told["came true"] += _is_better(before, after)
        recommendations = advised(after)[1]
    if steps:
        told["applied"] += 1
        told["quiet after one"] += steps == 1 and not recommendations
        told["quiet after three"] += not recommendations
        told["went back"] += any(len(set(values)) < len(values) for values in seen.values())


def _is_better(before: Staged, after: Staged) -> bool:
    """The host's own runs, once it has settled, without and with the advice: no rule's estimate."""
    one, other = (Watched(each.moments, each.snapshots[-1]) for each in (before, after))
    return other.present is not None and helps(one, other.present)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--exact", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after this long")
    parser.add_argument("--others-every", type=int, default=1, help="others' rules on each so many")
    options = parser.parse_args()
    begun = time.monotonic()
    arithmetic: dict[str, Counter[str]] = {}
    total: dict[str, Counter[str]] = {}
    with ProcessPoolExecutor(options.workers) as pool:
        seeds = range(options.seed, options.seed + options.exact)
        for one in pool.map(exact, seeds, chunksize=500):
            for name, counts in one.items():
                arithmetic.setdefault(name, Counter()).update(counts)
        _print_exact(arithmetic)
        batch = 4 * options.workers
        for start in range(options.seed, options.seed + options.count, batch):
            if time.monotonic() - begun > options.seconds:
                break
            seeds = range(start, min(start + batch, options.seed + options.count))
            each = partial(whole, others_every=options.others_every)
            for seed, (kind, one) in zip(seeds, pool.map(each, seeds), strict=True):
                _print_miss(seed, kind, one[OURS])
                for name, counts in one.items():
                    total.setdefault(name, Counter()).update(counts)
    _print_whole(total)


def _print_miss(seed: int, kind: str, told: Counter[str]) -> None:
    """What to look into, by its seed."""
    bad = [word for word in ("healthy advised", "over", "risk", "went back") if told[word]]
    bad += ["not helped"] if told["sick"] > told["sick helped"] else []
    bad += ["helped, but not when applied"] if told["applied"] > told["came true"] else []
    bad += ["not quiet"] if told["applied"] > told["quiet after three"] else []
    if bad:
        sys.stdout.write(f"seed {seed}, {kind}: {', '.join(bad)}\n")
        sys.stdout.flush()


def _print_exact(found: dict[str, Counter[str]]) -> None:
    for name, counts in found.items():
        sys.stdout.write(f"{name}: {counts['over']} of {counts['hosts']} hosts over the shares\n")
    sys.stdout.flush()


def _print_whole(found: dict[str, Counter[str]]) -> None:
    sys.stdout.write(
        "| rule | healthy hosts changed | over the reserve shares | raises OOM risk | sick hosts helped |\n"
        "|---|---|---|---|---|\n"
    )
    for name, told in found.items():
        hosts = told["healthy"] + told["sick"]
        sys.stdout.write(
            f"| {name} | {told['healthy advised']} of {told['healthy']} | {told['over']} of {hosts} "
            f"| {told['risk']} of {hosts} | {told['sick helped']} of {told['sick']} |\n"
        )
    ours = found.get(OURS, Counter())
    for name in sorted(ours):
        sys.stdout.write(f"{name}: {ours[name]}\n")


if __name__ == "__main__":
    main()
