"""``report --format html``: one page that loads nothing and runs nothing, for screen, phone and paper.

Names are a stranger's: whatever stands in the page goes through ``terminal`` (control characters, bidi
overrides) and then through jinja2's escaping; neither can be forgotten, for the environment does both.
"""

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from vmadvisor.advise.report import Report
from vmadvisor.errors import RenderError
from vmadvisor.model.past import Past
from vmadvisor.render import draw
from vmadvisor.render.chart import Drawn, NoChart, TimeChart
from vmadvisor.render.chart_words import described, stretches_grid, summary_grid
from vmadvisor.render.escape import terminal
from vmadvisor.render.ink import DARK, LIGHT, css_variables
from vmadvisor.render.page import Block, Claim, Figures, Page, Titled
from vmadvisor.render.page_of import page_of
from vmadvisor.render.parts import Grid
from vmadvisor.render.style import Style
from vmadvisor.render.svg_inline import inline

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
FOOTER = "Commands are printed, never run. Marks, rates and forecasts are explained by vmadvisor explain RULE."
_FIXED = frozenset({"course"})
"""Columns whose cells are drawn with characters."""

_LEFT_OUT = frozenset({"free against min, low, high"})
"""A picture in characters, where there are better ones."""

Picture = Callable[[Drawn], object]
"""Markup for a chart; ``None`` where none can be drawn."""


def render(report: Report, past: Past, style: Style) -> str:
    """The page; its plots need matplotlib and are tables without it."""
    del style
    return html(page_of(report, past, Style()), _inlined, is_mail=False)


def html(page: Page, picture: Picture, *, is_mail: bool) -> str:
    """The page with the pictures that are given; a mail's has no links, and nothing to open."""
    why = draw.why_not()
    sections = [
        {"key": one.key, "title": one.title, "blocks": [_block(b, picture) for b in one.blocks]}
        for one in page.sections
    ]
    return _environment().get_template("page.html").render(
        page=page,
        sections=sections,
        policy=POLICY + ("; img-src cid:" if is_mail else ""),
        css=_markup(_css(is_mail=is_mail)),
        footer=FOOTER if why is None else f"{FOOTER} Plots are left out: {why}.",
        has_nav=not is_mail,
        has_details=not is_mail,
    )  # fmt: skip


def _css(*, is_mail: bool) -> str:
    """The style sheet with its colours; a mail's has them in place, for not every reader knows variables."""
    sheet = _resource("page.css")
    if is_mail:
        for name, shade in LIGHT.items():
            sheet = sheet.replace(f"var(--{name})", shade)
        return sheet.replace("color-scheme: light dark", "color-scheme: light")
    light, dark = css_variables(LIGHT), css_variables(DARK)
    return (
        f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f"@media print {{ :root {{ {light} }} html {{ color-scheme: light; }} }}\n{sheet}"
    )


def _inlined(chart: Drawn) -> object:
    if draw.why_not() is not None:
        return None
    name = f"plot-{chart.key}"
    text = inline(
        draw.svg(chart), key=name, title=terminal(chart.title), text=terminal(described(chart))
    )
    return _markup(text)


def image(source: str, text: str) -> object:
    """An ``img`` element, its alternative text escaped."""
    from markupsafe import Markup

    return Markup('<img class="plot" src="{}" alt="{}">').format(source, terminal(text))


def _resource(name: str) -> str:
    return files("vmadvisor.render").joinpath("templates", name).read_text(encoding="utf-8")


def _markup(text: str) -> object:
    """Text that is escaped already."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - ours, or escaped where it is made


def _safe(value: object) -> object:
    from markupsafe import Markup

    return terminal(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined
    except ImportError:
        raise RenderError("HTML needs Python's jinja2, which is missing here") from None
    return Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        finalize=_safe,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _block(block: Block, picture: Picture) -> dict[str, Any]:
    if isinstance(block, str):
        return {"kind": "text", "text": block}
    if isinstance(block, Grid):
        return {"kind": "grid", "title": "", "grid": _grid(block, block.columns[0])}
    if isinstance(block, Titled):
        return {"kind": "grid", "title": block.title, "grid": _grid(block.grid, block.title)}
    if isinstance(block, Figures):
        return {"kind": "figures", "figures": block.items}
    if isinstance(block, NoChart):
        return {"kind": "none", "title": block.title, "reason": block.reason}
    if isinstance(block, Claim):
        return {
            "kind": "claim", "word": block.word, "title": block.title, "told": block.told,
            "commands": block.commands, "then": block.then,
        }  # fmt: skip
    grids = (summary_grid(block), stretches_grid(block)) if isinstance(block, TimeChart) else ()
    return {
        "kind": "chart",
        "title": block.title,
        "picture": picture(block),
        "notes": block.notes,
        "grids": [_grid(grid, f"{block.title}: numbers") for grid in grids],
    }


def _grid(grid: Grid, label: str) -> dict[str, Any]:
    shown = [index for index, name in enumerate(grid.columns) if name not in _LEFT_OUT]

    def cells(texts: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            {"text": texts[i], "n": i in grid.right, "fixed": grid.columns[i] in _FIXED}
            for i in shown
        ]

    return {"label": label, "head": cells(grid.columns), "rows": [cells(row) for row in grid.rows]}
