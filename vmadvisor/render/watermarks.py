"""``watermarks``: every zone's marks, computed beside the kernel's own."""

from collections.abc import Callable, Sequence

from vmadvisor.kernel.marks import agree
from vmadvisor.kernel.page_size import page_size_bytes
from vmadvisor.kernel.watermarks import ZoneMarks
from vmadvisor.render.json_text import dumps
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Snapshot


def as_json(table: Sequence[ZoneMarks], snapshot: Snapshot, style: Style) -> str:
    """``{"zones": [...]}``: computed marks under the settings without boost, the kernel's less boost."""
    del snapshot, style
    zones = []
    for zone in table:
        computed = zone.computed
        zones.append(
            {
                "node": zone.node_id,
                "zone": zone.zone,
                "min_pages": computed.min_pages if computed else None,
                "low_pages": computed.low_pages if computed else None,
                "high_pages": computed.high_pages if computed else None,
                "promo_pages": computed.promo_pages if computed else None,
                "boost_pages": zone.boost_pages,
                "managed_pages": zone.managed_pages,
                "free_pages": zone.free_pages,
                "kernel": zone.kernel,
                "agreement": zone.agreement,
            }
        )
    return dumps({"zones": zones})


MEANINGS = {
    "equal": "computed equals the kernel's to the page",
    "stale": "the kernel set its marks before the zone grew (init memory freed later): equal for that size",
    "different": "neither today's sizes nor earlier ones give the kernel's marks: please report it",
    "unknown": "a setting is missing, so the marks cannot be computed",
}

_MUCH_SMALLER = (
    "different: the kernel set its marks when a zone had less than 97 % of today's pages (init memory "
    "or an initrd was given back later); equal for that size"
)


def _meaning(zone: ZoneMarks) -> str:
    if zone.agreement == "different" and zone.is_explained:
        return _MUCH_SMALLER
    return f"{zone.agreement}: {MEANINGS[zone.agreement]}"


def as_text(table: Sequence[ZoneMarks], snapshot: Snapshot, style: Style) -> str:
    """A table of pages; the kernel's marks in the second row of a zone where they differ."""
    from vmadvisor.render.layout import printed, row
    from vmadvisor.render.layout import table as make_table
    from vmadvisor.render.quantities import count, pages

    size_bytes = page_size_bytes(snapshot)
    result = make_table(
        "node zone", "free", "min", "low", "high", "promo", "agreement", numbers=range(1, 6)
    )
    for zone in table:
        name = f"{zone.node_id} {zone.zone}"
        shown = zone.computed
        if shown is not None:
            promo = "-" if shown.promo_pages is None else count(shown.promo_pages)
            marks = (count(shown.min_pages), count(shown.low_pages), count(shown.high_pages), promo)
            row(result, name, count(zone.free_pages), *marks, zone.agreement)
        if shown is None or not agree(shown, zone.kernel):
            old = zone.kernel
            promo = "-" if old.promo_pages is None else count(old.promo_pages)
            marks = (count(old.min_pages), count(old.low_pages), count(old.high_pages), promo)
            row(
                result,
                f"{name}, now" if shown else name,
                "",
                *marks,
                "" if shown else zone.agreement,
            )
    notes = list(dict.fromkeys(_meaning(zone) for zone in table))
    boosted = [zone for zone in table if zone.boost_pages]
    notes += [
        f"node {z.node_id} {z.zone}: boost of {pages(z.boost_pages, size_bytes)} taken off"
        for z in boosted
    ]
    unit = "?" if size_bytes is None else f"{size_bytes} bytes"
    return printed(
        [result, f"pages of {unit}; free against min, low, high; not counting boost", *notes], style
    )


FORMATS: dict[str, Callable[[Sequence[ZoneMarks], Snapshot, Style], str]] = {
    "text": as_text,
    "json": as_json,
}
