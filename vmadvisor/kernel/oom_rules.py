"""Which kernel wrote an OOM report, and by which rule it chose (``mm/oom_kill.c:oom_badness``).

    points = rss + page tables + swap entries + adj * (T // 1000)        pages, 3.5 and later
    points = (rss + page tables + swap entries) * 1000 / T + adj         per mille, 2.6.36 to 3.4, RHEL 6

Before 2.6.36 the rule also counted CPU time, run time and nice, which no log tells. Until 3.6 the table
prints neither page tables nor swap entries: what is computed from it leaves them out.

The release stands in the line ``CPU: ... Comm: ...``. Without it what the report prints proves a lower
bound; who was killed is no evidence, or a changed kill line would change whom the rule chooses.
"""

from functools import lru_cache

from vmadvisor.errors import ParseError
from vmadvisor.kernel.behaviour import Behaviour, behaviour_at
from vmadvisor.kernel.lineage import Base
from vmadvisor.records import dataclass
from vmadvisor.sources import version as version_file
from vmadvisor.sources.oom_report import OomReport, OomTable
from vmadvisor.sources.version import KernelVersion

PAGES, PERMILLE = "pages", "permille"

_PERMILLE_SINCE = (2, 6, 36)
_PAGES_SINCE: Base = (3, 5)
_EL6_MARK = ".el6"
_DEVICE_ZONE_TYPES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class OomRules:
    """``scale`` is ``None`` where the rule needs more than a table tells. ``behaviour`` has the rest.

    ``prints_all`` is false where the table leaves page tables and swap entries out.
    """

    scale: str | None
    behaviour: Behaviour
    is_inferred: bool
    prints_all: bool


def oom_rules(report: OomReport) -> OomRules:
    """The rules of the kernel that wrote this report."""
    version = _version(report.release)
    is_inferred = version is None
    if version is None:
        major, minor = _least_base(report)
        version = KernelVersion(
            release=f"{major}.{minor}", major_version=major, minor_version=minor, patch_version=0
        )
    columns = report.table.columns if report.table is not None else ()
    return OomRules(
        scale=_scale(version, columns),
        behaviour=_behaviour(version),
        is_inferred=is_inferred,
        prints_all="swapents" in columns,
    )


@lru_cache(maxsize=64)
def _behaviour(version: KernelVersion) -> Behaviour:
    """A log has thousands of reports of a few kernels."""
    return behaviour_at(version)


def _version(release: str | None) -> KernelVersion | None:
    if release is None:
        return None
    try:
        return version_file.parse(f"version {release}")
    except ParseError:
        return None


def _scale(version: KernelVersion, columns: tuple[str, ...]) -> str | None:
    if version.base >= _PAGES_SINCE or "swapents" in columns:
        return PAGES
    release = (*version.base, version.patch_version)
    if release >= _PERMILLE_SINCE or _EL6_MARK in version.release or "oom_score_adj" in columns:
        return PERMILLE
    return None


def _least_base(report: OomReport) -> Base:
    """The newest version that something printed proves."""
    proven: list[Base] = [(2, 6)]
    if report.table is not None:
        proven += _proven_by_table(report.table)
    zones = report.memory.zones if report.memory is not None else ()
    if any(zone.managed_kib is not None for zone in zones):
        proven.append((3, 9))
    if any(len(zone.lowmem_reserve_pages) == _DEVICE_ZONE_TYPES for zone in zones):
        proven.append((4, 6))
    if any(zone.reserved_highatomic_kib is not None for zone in zones):
        proven.append((5, 8))
    if any(zone.boost_kib is not None for zone in zones):
        proven.append((5, 16))
    if report.memory is not None and "sec_pagetables" in report.memory.pages:
        proven.append((6, 1))
    stats = report.cgroup.stats_bytes if report.cgroup is not None else {}
    if "file_mapped" in stats:
        proven.append((5, 3))
    if "workingset_refault_anon" in stats:
        proven.append((5, 9))
    return max(proven)


def _proven_by_table(table: OomTable) -> list[Base]:
    columns = set(table.columns)
    proven: list[Base] = [(2, 6)]
    for name, base in (
        ("nr_ptes", (3, 7)),
        ("nr_pmds", (4, 0)),
        ("pgtables_bytes", (4, 15)),
        ("rss_anon", (6, 7)),
    ):
        if name in columns:
            proven.append(base)
    if table.has_state_line:
        proven.append((4, 19))
    return proven
