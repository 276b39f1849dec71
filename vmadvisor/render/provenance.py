"""Who set each value: what runs, what the next boot makes of it, who loses, who comes later."""

from collections.abc import Iterator, Sequence

from vmadvisor.model.provenance import Origin, Provenance, SettingOrigin
from vmadvisor.render.escape import terminal
from vmadvisor.render.explain import wrapped
from vmadvisor.render.json_text import dumps
from vmadvisor.render.quantities import UNKNOWN
from vmadvisor.snapshot import Gap

FORMATS = ("text", "json")


def chosen(origins: Provenance, key: str | None) -> tuple[SettingOrigin, ...]:
    """The key asked for; without one, those that something sets or that differ from the kernel's default."""
    if key is not None:
        return tuple(one for one in origins.by_key.values() if one.key == key)
    return tuple(
        one
        for one in origins.by_key.values()
        if one.boot or one.unread or one.later or _is_odd(one)
    )


def _is_odd(one: SettingOrigin) -> bool:
    return None not in {one.running_count, one.boot_count} and one.running_count != one.boot_count


def _place(origin: Origin) -> str:
    return f"{origin.value}  {origin.path}:{origin.line} ({origin.by})"


def _lines(one: SettingOrigin) -> Iterator[str]:
    running = UNKNOWN if one.running_count is None else one.running_count
    differs = "  DIFFERS" if _is_odd(one) else ""
    yield f"{one.key} = {running}{differs}"
    if one.boot is not None:
        yield f"  at boot: {_place(one.boot)}"
    elif one.default_count is not None:
        yield f"  at boot: {one.default_count}  the kernel's default; no file that was read sets it"
    else:
        yield "  at boot: the kernel's own choice; no file that was read sets it"
    for label, origins in (("overruled", one.overruled), ("later", one.later)):
        for origin in origins:
            yield f"  {label}: {_place(origin)}"
    if one.unread is not None:
        yield f"  not read at boot: {_place(one.unread)}"


def text(origins: Provenance, key: str | None, gaps: Sequence[Gap]) -> str:
    """Lines of at most 80 columns where paths allow it."""
    lines = [f"tuned: {origins.tuned or 'no active profile'}"]
    shown = chosen(origins, key)
    for one in shown:
        lines.append("")
        for line in _lines(one):
            lines += wrapped(terminal(line), hang="    ")
    if not shown:
        lines += ["", "nothing sets a vm.* value, and none differs from the kernel's default"]
    for gap in gaps:
        lines += [
            "",
            *wrapped(terminal(f"could not be read: {gap.path}: {gap.reason}; {gap.cost}")),
        ]
    return "\n".join(lines) + "\n"


def json(origins: Provenance, key: str | None, gaps: Sequence[Gap]) -> str:
    """The same for programs."""
    return dumps(
        {
            "tuned": origins.tuned,
            "is_complete": origins.is_complete,
            "settings": [
                {
                    "key": one.key,
                    "running": one.running_count,
                    "default": one.default_count,
                    "boot": one.boot,
                    "overruled": one.overruled,
                    "unread": one.unread,
                    "later": one.later,
                }
                for one in chosen(origins, key)
            ],
            "gaps": gaps,
        }
    )
