"""What the admin asks for: the limits that advice is measured against, given beside the snapshots."""

from vmadvisor.records import dataclass

FULL_STALL_DEFAULT_S_PER_H = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """``full_stall_s_per_h``: as many seconds an hour may pass in which no task gets on for want of memory."""

    full_stall_s_per_h: float = FULL_STALL_DEFAULT_S_PER_H
