"""What an answer to a widespread claim consists of; read by ``explain``, shown by one renderer."""

from collections.abc import Callable, Iterator

from vmadvisor.advise.finding import Quantity
from vmadvisor.kernel.lineage import Base
from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot

Numbers = Callable[[Snapshot], Iterator[Quantity]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From this kernel on something else holds. Stable and distributions' kernels carry some of it earlier."""

    since: Base
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """``numbers`` are this host's, as far as its snapshot tells them; ``rules`` judge the same thing."""

    name: str
    claim: str
    answer: str
    right: str
    changes: tuple[Change, ...]
    harmful: str
    instead: str
    numbers: Numbers
    rules: tuple[str, ...]
    references: tuple[str, ...]


def setting(name: str, value: float | None, unit: str, key: str) -> Quantity:
    """A sysctl as it stands."""
    return Quantity(name=name, value=value, unit=unit, source=f"/proc/sys/{key.replace('.', '/')}")
