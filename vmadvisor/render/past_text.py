"""``report --format text``: the page as lines for a terminal or the text part of a mail."""

from collections.abc import Iterator

from vmadvisor.advise.report import Report
from vmadvisor.model.past import Past
from vmadvisor.render.chart import NoChart, TimeChart
from vmadvisor.render.chart_words import summary_grid
from vmadvisor.render.layout import printed, row, table
from vmadvisor.render.page import Block, Claim, Figures, Page, Titled
from vmadvisor.render.page_of import page_of
from vmadvisor.render.parts import Grid, Headline
from vmadvisor.render.style import Style
from vmadvisor.render.text_report import COLOURS


def render(report: Report, past: Past, style: Style) -> str:
    """The page as lines of at most ``style.width_columns``."""
    return lines(page_of(report, past, style), report, style)


def lines(page: Page, report: Report, style: Style) -> str:
    """A page that is made already."""
    parts: list[object] = [
        Headline(page.status, f"  {page.host}: {page.headline}", COLOURS[report.status])
    ]
    parts.append(", ".join(page.facts))
    rule = "═" if style.is_unicode else "="
    for section in page.sections:
        parts += ["", section.title.upper(), rule * len(section.title)]
        for block in section.blocks:
            parts += _parts(block, style)
    return printed(parts, style)


def _parts(block: Block, style: Style) -> Iterator[object]:
    if isinstance(block, Titled):
        yield from ("", block.title, block.grid)
    elif isinstance(block, Grid):
        yield from ("", block)
    elif isinstance(block, Figures):
        yield from (_figures(block),)
    elif isinstance(block, Claim):
        yield from ("", block.entry)
    elif isinstance(block, NoChart):
        yield from ("", f"{block.title}: {block.reason}")
    elif isinstance(block, TimeChart):
        yield from ("", block.title, summary_grid(block, is_unicode=style.is_unicode), *block.notes)
    elif isinstance(block, str):
        yield block


def _figures(block: Figures) -> Grid:
    found = table("now", "", "", numbers=(1,))
    for item in block.items:
        row(found, item.name, item.value, item.note)
    return found
