"""Answers to claims that are told of these settings, by name; one file each, one line here."""

from vmadvisor.advise.claims import (
    low_high_ratio,
    min_free_kbytes_raised,
    oom_points,
    oom_score_adj,
    swappiness_0,
    zone_reclaim_mode_0,
)
from vmadvisor.advise.claims._claim import Claim

__all__ = ["CLAIMS", "Claim"]

CLAIMS: tuple[Claim, ...] = (
    swappiness_0.CLAIM,
    min_free_kbytes_raised.CLAIM,
    zone_reclaim_mode_0.CLAIM,
    oom_score_adj.CLAIM,
    low_high_ratio.CLAIM,
    oom_points.CLAIM,
)
