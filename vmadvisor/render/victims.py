"""``victims``: the OOM killer's order, host-wide and within each cgroup that has a limit."""

from collections.abc import Callable, Mapping, Sequence

from vmadvisor.kernel.oom import Victim
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.model.daemon_choice import DaemonChoices
from vmadvisor.render.json_text import dumps
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Snapshot
from vmadvisor.units import KIB_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.render.parts import Part

Orders = Mapping[str, Sequence[Victim]]


def as_json(
    orders: Orders, snapshot: Snapshot, style: Style, daemons: DaemonChoices | None = None
) -> str:
    """``{"victims": [...]}``: in kill order within each scope, "host" first."""
    del style
    victims = [victim for order in orders.values() for victim in order]
    document: dict[str, object] = {"victims": victims, "gaps": snapshot.gaps}
    if daemons is not None:
        document |= {"earlyoom": daemons.earlyoom, "systemd_oomd": daemons.oomd}
    return dumps(document)


def _differs(victim: Victim) -> bool:
    return victim.kernel_oom_score not in {None, victim.oom_score}


def as_text(
    orders: Orders, snapshot: Snapshot, style: Style, daemons: DaemonChoices | None = None
) -> str:
    """A table per scope; the kernel's own score stands beside ours where it differs."""
    from vmadvisor.render.layout import printed, row, table
    from vmadvisor.render.quantities import count, pages

    page = page_size_bytes(snapshot)
    parts: list[Part] = []
    for scope, order in orders.items():
        result = table(
            "rank",
            "pid",
            "name",
            "points",
            "score",
            "adj",
            "resident",
            "swap",
            numbers=(0, 1, 3, 4, 5, 6, 7),
        )
        for rank, victim in enumerate(order, 1):
            score = str(victim.oom_score)
            if _differs(victim):
                score += f" ({victim.kernel_oom_score})"
            row(
                result,
                str(rank) if victim.killable else "never",
                str(victim.pid_id),
                victim.comm,
                count(victim.points_pages) if victim.killable else "-",
                score,
                str(victim.oom_score_adj),
                pages(victim.rss_pages, page),
                pages(victim.swap_pages, page),
            )
        parts += [f"OOM of {scope}: who goes first", result, ""]
    if any(_differs(victim) for order in orders.values() for victim in order):
        parts += ["score in parentheses: the kernel's own oom_score, where it differs", ""]
    if daemons is not None:
        parts += _daemons(daemons)
    parts += [f"gap {gap.path}: {gap.reason}; {gap.cost}" for gap in snapshot.gaps]
    return printed(parts, style)


def _daemons(daemons: DaemonChoices) -> "list[Part]":
    """Whom killers in userspace would take, beside the kernel's order."""
    from vmadvisor.render.quantities import count, size

    parts: list[Part] = []
    first = daemons.earlyoom
    if first is not None:
        what = size(first.score * KIB_BYTES) if first.is_rss else f"oom_score {first.score}"
        parts.append(f"earlyoom would take {first.pid_id} {first.comm} ({what}, as it counts)")
    for one in daemons.oomd:
        if one.kind == "swap":
            why = f"swap nearly full: {one.path} ({size(one.number)} of swap)"
        else:
            why = (
                f"pressure in {one.watched_path}: {one.path} ({count(one.number)} pages scanned "
                "within a second)"
            )
        parts.append(f"systemd-oomd would kill, with {why}")
    return [*parts, ""] if parts else []


FORMATS: dict[str, Callable[..., str]] = {"text": as_text, "json": as_json}
