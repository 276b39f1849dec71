"""What killers in userspace would choose among; apart from ``snapshot``, which every ``check`` loads."""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources.earlyoom_default import EarlyoomArgs


@dataclass(frozen=True, slots=True, kw_only=True)
class OomdGroup:
    """A control group that systemd-oomd may kill, as it reads one; the marks are extended attributes."""

    path: str
    current_bytes: int
    swap_bytes: int
    pgscan_pages_total: int
    is_avoided: bool
    is_omitted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OomdScan:
    """What systemd-oomd watches, and the groups that it may kill, a second apart where it watches pressure."""

    swap_paths: tuple[str, ...]
    pressure_paths: tuple[str, ...]
    before: Mapping[str, OomdGroup]
    after: Mapping[str, OomdGroup]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserspaceKillers:
    """``None`` for one that does not run, or whose settings cannot be had (which a gap tells)."""

    earlyoom: EarlyoomArgs | None
    oomd: OomdScan | None
