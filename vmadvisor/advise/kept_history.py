"""How long the admin wants this host's history to go back; no rule asks for it."""

from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHistory:
    """``keep_s``: what is older than this goes."""

    keep_s: float
