"""The one thing every renderer consumes: verdict, findings, tables, gaps."""

from collections.abc import Iterator, Sequence

from vmadvisor.advise.finding import Finding, Judgement, NotJudged, Rule, Severity
from vmadvisor.advise.ignored import IgnoredRules, without_ignored
from vmadvisor.advise.judge import judge
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.rules._relief import Relief, relief_of
from vmadvisor.kernel.behaviour import page_size_bytes
from vmadvisor.model.arithmetic import Arithmetic
from vmadvisor.model.consumers import Consumers
from vmadvisor.model.facts import Availability, Facts, VictimOrder, derive
from vmadvisor.model.forecast import Outlook
from vmadvisor.model.fragmentation import Fragmentation
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.memory_use import MemoryUse
from vmadvisor.model.outlook import Asked
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.rates import ReclaimActivity, StallTime
from vmadvisor.model.sample import sample_of
from vmadvisor.model.stock import stock_of
from vmadvisor.model.unranked import unranked_gap
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Gap, Snapshot
from vmadvisor.sources.buddyinfo import Buddyinfo
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.pressure import IoPressure, MemoryPressure
from vmadvisor.sources.sysctl_kernel import KernelSysctl
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import NodeStats, Zoneinfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.advise.recommendation import Recommendation


_DAY_LENGTH = len("2026-11-27")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Who was looked at; what the tree does not tell is ``None``."""

    hostname: str | None
    kernel_release: str | None
    arch: str | None
    page_size_bytes: int | None
    boot_id: str | None
    mem_total_kib: int | None
    swap_total_kib: int | None
    is_live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Facts by table, each ``None`` where it could not be had; renderers place, never compute.

    ``own_map`` is this host's own calibration where it was in force; ``reading_s`` is how long the newer
    moment took to read, of a live host.
    """

    host: Host
    time_utc: str
    tool_version: str
    snapshot_time_s: float
    judgement: Judgement
    processes_seen_count: int | None
    process_scan_age_s: float | None
    headroom: Headroom | None
    activity: ReclaimActivity | None
    stall: StallTime | None
    availability: Availability | None
    memory_use: MemoryUse | None
    arithmetic: Arithmetic | None
    fragmentation: Fragmentation | None
    lru: tuple[NodeStats, ...]
    consumers: Consumers | None
    victims: VictimOrder | None
    gaps: tuple[Gap, ...]
    outlook: Outlook | None = None
    relief: Relief | None = None
    vmstat: Vmstat | None = None
    memory_pressure: MemoryPressure | None = None
    io_pressure: IoPressure | None = None
    own_map: OwnMap | None = None
    reading_s: float | None = None

    @property
    def status(self) -> Severity:
        """The verdict."""
        return self.judgement.status

    @property
    def recommendations(self) -> "tuple[Recommendation, ...]":
        """What to change; empty where nothing needs to be."""
        return self.judgement.recommendations

    @property
    def loud(self) -> tuple[Finding, ...]:
        """Findings that made the verdict what it is."""
        return tuple(f for f in self.judgement.findings if f.severity > Severity.INFO)


def host_of(after: Snapshot, page_bytes: int | None) -> Host:
    """Whose moment it is."""
    kernel, version, info = after.get(KernelSysctl), after.get(KernelVersion), after.get(Meminfo)
    release = version.release if version is not None else None
    return Host(
        hostname=after.host.hostname or (kernel.hostname if kernel else None),
        kernel_release=release or (kernel.osrelease if kernel else None),
        arch=after.host.arch,
        page_size_bytes=page_bytes,
        boot_id=after.host.boot_id or (kernel.boot_id if kernel else None),
        mem_total_kib=info.mem_total_kib if info else None,
        swap_total_kib=info.swap_total_kib if info else None,
        is_live=after.host.is_live,
    )


_NEEDS = {
    "Availability": "meminfo of the kernel whose zones are seen, and the page size",
    "CgroupLimits": "the cgroups' memory files",
    "Buddyinfo": "/proc/buddyinfo",
    "GroupSettings": "the cgroups' memory files",
    "Headroom": "/proc/zoneinfo",
    "KernelGrowth": "/proc/meminfo",
    "Kinship": "the processes' files and the kernel's version",
    "Meminfo": "/proc/meminfo",
    "Outlook": "/proc/vmstat, /proc/zoneinfo and /proc/meminfo of one kernel",
    "ReclaimActivity": "/proc/vmstat twice, or /proc/uptime",
    "VictimOrder": "the processes' files and the kernel's version",
    "VmSysctl": "/proc/sys/vm",
    "Vmstat": "/proc/vmstat",
    "Writeback": "/proc/vmstat nr_dirty_threshold",
}
"""What a person would have to make readable, by the fact that a rule needs."""


def _model_gaps(facts: Facts, after: Snapshot, judgement: Judgement) -> tuple[Gap, ...]:
    """Gaps of ours: what was read but does not suffice."""
    activity, gaps = facts.get(ReclaimActivity), []
    if activity is not None and activity.is_since_boot:
        gaps.append(
            Gap(
                path="/proc/vmstat",
                reason="one snapshot only",
                cost="rates are averages since boot; what happens now cannot be told",
            )
        )
    if activity is None and after.get(Vmstat) is not None:
        gaps.append(
            Gap(
                path="/proc/vmstat", reason="no two readings, no uptime", cost="no rate can be told"
            )
        )
    left_out = unranked_gap(after) if facts.get(VictimOrder) is not None else None
    if left_out is not None:
        gaps.append(left_out)
    gaps += _unasked(judgement)
    return tuple(gaps)


def _unasked(judgement: Judgement) -> list[Gap]:
    """One gap for what several rules lack, under the name of the first of them."""
    rules_by_reason: dict[str, list[NotJudged]] = {}
    for rule in judgement.not_judged:
        needs = ", ".join(dict.fromkeys(_NEEDS.get(name, name) for name in rule.missing))
        rules_by_reason.setdefault(f"needs {needs}", []).append(rule)
    return [
        Gap(
            path=rules[0].rule_id,
            reason=reason,
            cost=f"not judged: {rules[0].title}"
            + (f"; {', '.join(rule.rule_id for rule in rules[1:])}" if rules[1:] else ""),
        )
        for reason, rules in rules_by_reason.items()
    ]


def _beside(after: Snapshot) -> Iterator[object]:
    """What is told beside the facts of two snapshots: stocks for relief, who set what where files say."""
    sample = sample_of(after)
    if sample is not None:
        yield stock_of(sample)
    if after.cgroups is not None:
        yield after.cgroups
    if after.has_configuration:
        from vmadvisor.model.provenance import provenance

        origins = provenance(after)
        if origins is not None:
            yield origins


def _rules(facts: Facts, after: Snapshot) -> tuple[Rule, ...]:
    """Those that rest on a watched load or on the host's files too, where there are: else not even loaded."""
    found: tuple[Rule, ...] = RULES
    if any(kind.__name__ == "Watched" for kind in facts.by_type):
        from vmadvisor.advise.tuning import TUNING_RULES

        found = (*found, *TUNING_RULES)
    if after.has_configuration:
        from vmadvisor.advise.setting_rules import SETTING_RULES

        found = (*found, *SETTING_RULES)
    return found


def _reading_s(after: Snapshot) -> float | None:
    """From the first file to the last; two kinds may have been taken over from the moment before."""
    if not after.host.is_live:
        return None
    taken_over = (Zoneinfo, Buddyinfo)
    times_s = [one.time_s for kind, one in after.records.items() if kind not in taken_over]
    return after.time_s - min(times_s) if times_s else None


def make_report(
    before: Snapshot | None,
    after: Snapshot,
    *,
    time_utc: str,
    tool_version: str,
    asked: Asked | None = None,
    given: Sequence[object] = (),
) -> Report:
    """Derives, judges and gathers; the same snapshots give the same report.

    ``asked`` is what to forecast (the default horizons, no calibration of this host); ``given`` are facts
    that two snapshots do not tell: what was watched, the admin's targets.
    """
    facts = derive(before, after, asked).joined(*_beside(after), *given)
    judgement = without_ignored(
        judge(facts, _rules(facts, after)), facts.get(IgnoredRules), time_utc[:_DAY_LENGTH]
    )
    zoneinfo, scan = after.get(Zoneinfo), after.processes
    return Report(
        host=host_of(after, page_size_bytes(after)),
        time_utc=time_utc,
        tool_version=tool_version,
        snapshot_time_s=after.time_s,
        judgement=judgement,
        processes_seen_count=scan.seen_count if scan is not None else None,
        process_scan_age_s=scan.age_s if scan is not None else None,
        headroom=facts.get(Headroom),
        activity=facts.get(ReclaimActivity),
        stall=facts.get(StallTime),
        availability=facts.get(Availability),
        memory_use=facts.get(MemoryUse),
        arithmetic=facts.get(Arithmetic),
        fragmentation=facts.get(Fragmentation),
        lru=zoneinfo.nodes if zoneinfo is not None else (),
        consumers=facts.get(Consumers),
        victims=facts.get(VictimOrder),
        gaps=after.gaps + _model_gaps(facts, after, judgement),
        outlook=facts.get(Outlook),
        relief=relief_of(facts),
        vmstat=after.get(Vmstat),
        memory_pressure=after.get(MemoryPressure),
        io_pressure=after.get(IoPressure),
        own_map=None if asked is None else asked.own,
        reading_s=_reading_s(after),
    )
