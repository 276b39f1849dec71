"""A recording as if live, and beside its forecasts: whose it is, and how fast that host's kernel works."""

from collections.abc import Iterable, Iterator, Sequence

from vmadvisor.model.calibration.calibration import Calibration
from vmadvisor.model.calibration.host_identity import (
    HostIdentity,
    boot_args_of,
    identity_of,
    joined,
)
from vmadvisor.model.calibration.physics_of_host import Seen
from vmadvisor.model.simulate.observed import observed
from vmadvisor.model.simulate.physics import Physics
from vmadvisor.records import dataclass
from vmadvisor.replay.replay import Replay, replay
from vmadvisor.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReplay:
    """``boot_args`` is ``None`` where they are not told, ``physics`` where there are not two moments."""

    replay: Replay
    host: HostIdentity
    boot_args: frozenset[str] | None
    physics: Physics | None


class _Host:
    def __init__(self) -> None:
        self.seen = Seen()
        self.identity = HostIdentity()
        self.boot_args: frozenset[str] | None = None

    def add(self, snapshot: Snapshot) -> None:
        self.identity = joined([self.identity, identity_of(snapshot)])
        self.boot_args = boot_args_of(snapshot) or self.boot_args
        moment = observed(snapshot)
        if moment is not None:
            self.seen.add(moment)


def host_replay(
    path: str, horizons_s: Sequence[float], calibration: Calibration | None = None
) -> HostReplay:
    """As ``replay``; with a ``calibration`` the forecasts are those under its map."""
    host = _Host()
    own = None if calibration is None else calibration.own_map()
    found = replay(path, horizons_s, own, host.add)
    return HostReplay(
        replay=found,
        host=host.identity,
        boot_args=host.boot_args,
        physics=host.seen.physics(),
    )


def stranger(found: Sequence[tuple[str, HostReplay]]) -> str | None:
    """The first two recordings that are not of one host, in words; ``None`` where all may be."""
    for index, (path, one) in enumerate(found):
        for earlier_path, earlier in found[:index]:
            words = earlier.host.difference(one.host)
            if words is not None:
                return f"{path} is of another host than {earlier_path}: {words}"
    return None


def other_boots(found: Iterable[tuple[str, HostReplay]]) -> Iterator[str]:
    """Recordings that were booted with other arguments than the first that tells them."""
    first: frozenset[str] | None = None
    for path, one in found:
        if one.boot_args is None:
            continue
        first = one.boot_args if first is None else first
        changed = sorted(first ^ one.boot_args)
        if changed:
            yield f"{path}: booted with other arguments: {' '.join(changed[:8])}"
