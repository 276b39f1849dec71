"""``report --format markdown``: the page for an issue or a wiki, in GitHub's flavour."""

from collections.abc import Iterator

from vmadvisor.advise.report import Report
from vmadvisor.model.past import Past
from vmadvisor.render.chart import NoChart, TimeChart
from vmadvisor.render.chart_words import summary_grid
from vmadvisor.render.layout import row, table
from vmadvisor.render.markdown import block as fenced
from vmadvisor.render.markdown import inline
from vmadvisor.render.page import Block, Claim, Figures, Titled
from vmadvisor.render.page_of import page_of
from vmadvisor.render.parts import Grid
from vmadvisor.render.style import Style


def render(report: Report, past: Past, style: Style) -> str:
    """The page as Markdown; plots are tables with a sparkline."""
    page = page_of(report, past, style)
    paragraphs = [
        f"# {page.status}: memory of {inline(page.host)}",
        f"**{inline(page.headline)}**",
        ", ".join(inline(fact) for fact in page.facts),
    ]
    for section in page.sections:
        paragraphs.append(f"## {section.title}")
        for one in section.blocks:
            paragraphs += _paragraphs(one, style)
    return "\n\n".join(paragraphs) + "\n"


def _paragraphs(one: Block, style: Style) -> Iterator[str]:
    if isinstance(one, str):
        yield inline(one)
    elif isinstance(one, Grid):
        yield _table(one)
    elif isinstance(one, Titled):
        yield from (f"### {inline(one.title)}", _table(one.grid))
    elif isinstance(one, Figures):
        found = table("now", "", "", numbers=(1,))
        for item in one.items:
            row(found, item.name, item.value, item.note)
        yield _table(found)
    elif isinstance(one, Claim):
        yield from _claim(one)
    elif isinstance(one, NoChart):
        yield f"{inline(one.title)}: {inline(one.reason)}"
    elif isinstance(one, TimeChart):
        yield f"### {inline(one.title)}"
        yield _table(summary_grid(one, is_unicode=style.is_unicode))
        yield from map(inline, one.notes)


def _claim(one: Claim) -> Iterator[str]:
    yield f"### {one.word}: {inline(one.title)}"
    if one.told:
        yield _pairs(one.told)
    for label, command in one.commands:
        yield f"{inline(label)}:"
        yield fenced(command)
    if one.then:
        yield _pairs(one.then)


def _pairs(pairs: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"- {inline(label)}: {inline(text)}" for label, text in pairs)


def _table(grid: Grid) -> str:
    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(inline(cell, in_table=True) for cell in cells) + " |"

    rule = "".join(" ---: |" if i in grid.right else " --- |" for i in range(len(grid.columns)))
    return "\n".join([line(grid.columns), f"|{rule}", *map(line, grid.rows)])
