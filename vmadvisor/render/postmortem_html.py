"""``postmortem --format html``: one page without scripts, styles of its own, nothing loaded from anywhere.

Names in a log are a stranger's: every value goes through ``terminal`` (control characters, bidi overrides)
and then through jinja2's escaping, which is on for all of it; the page forbids scripts by itself.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from vmadvisor.advise.postmortem import Postmortem
from vmadvisor.errors import RenderError
from vmadvisor.render import postmortem_words as words
from vmadvisor.render import quantities as q
from vmadvisor.render.escape import terminal
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Gap

if TYPE_CHECKING:
    from jinja2 import Template

_BEGIN = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>OOM reports</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; margin: 1em 0; } td, th { padding: .15em .8em; text-align: left; }
thead th { border-bottom: 1px solid #888; } tr.killed { font-weight: bold; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
section { border-top: 2px solid #444; margin-top: 2em; } code { white-space: pre-wrap; }
.WARNING, .CRITICAL { color: #a30; } .INFO { color: #357; }
</style></head><body><h1>OOM reports</h1>
"""
_ONE = """\
<section id="report-{{ number }}"><h2>{{ number }}. {{ headline }}</h2>
<p>{{ when }}<br>{{ asked }}<br>{{ constraint }}, Linux {{ release }}</p>
<p>{{ verdict }}{% for line in next_time %}<br>{{ line }}{% endfor %}</p>
{% for line in damage %}<p>damaged: {{ line }}</p>{% endfor %}
{% for f in findings %}
<h3 class="{{ f.severity }}">{{ f.severity }} {{ f.title }}</h3>
<p>{{ f.id }}{% if f.scope != "host" %} [{{ f.scope }}]{% endif %}: {{ f.evidence }}</p>
{% if f.changes %}<p>would change it: {{ f.changes }}</p>{% endif %}
{% if f.remedy %}<p>do: <code>{{ f.remedy.command }}</code><br>undo: <code>{{ f.remedy.undo }}</code><br>
then: {{ f.remedy.effect }}<br>risk: {{ f.remedy.risk }}</p>{% endif %}
{% endfor %}
{% for t in tables %}
<table><thead><tr>{% for name in t.columns %}<th>{{ name }}</th>{% endfor %}</tr></thead><tbody>
{% for row in t.rows %}<tr{% if row.is_killed %} class="killed"{% endif %}>{% for cell in row.cells %}<td
{%- if loop.index0 in t.numbers %} class="n"{% endif %}>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table>
{% endfor %}
</section>
"""
_END = """\
<p>{{ count }} OOM reports</p>
{% for gap in gaps %}<p>gap {{ gap }}</p>{% endfor %}
</body></html>
"""

Table = dict[str, object]


def begin(style: Style) -> str:
    """The page's head."""
    del style
    return _BEGIN


def one(found: Postmortem, number: int, style: Style, *, has_all_tasks: bool) -> str:
    """One section."""
    del style
    analysis = found.analysis
    return _template(_ONE).render(
        number=number,
        headline=terminal(words.headline(found)),
        when=terminal(words.when(found)),
        asked=terminal(words.asked(found)),
        constraint=terminal(analysis.constraint or "constraint unknown"),
        release=terminal(analysis.report.release or "unknown"),
        verdict=terminal(words.verdict(found)),
        next_time=[terminal(line) for line in words.next_time(found)],
        damage=[terminal(line) for line in analysis.report.damage],
        findings=_findings(found),
        tables=_tables(found, has_all_tasks=has_all_tasks),
    )


def end(count: int, gaps: tuple[Gap, ...], style: Style) -> str:
    """The page's foot."""
    del style
    said = [terminal(f"{gap.path}: {gap.reason}; {gap.cost}") for gap in gaps]
    return _template(_END).render(count=count, gaps=said)


@lru_cache(maxsize=4)
def _template(text: str) -> "Template":
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise RenderError("HTML needs Python's jinja2, which is missing here") from None
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(text)


def _findings(found: Postmortem) -> list[dict[str, object]]:
    page_bytes = found.analysis.page_size_bytes
    return [
        {
            "severity": finding.severity.name,
            "title": terminal(finding.title),
            "id": finding.id,
            "scope": terminal(finding.scope),
            "evidence": terminal(
                ", ".join(
                    f"{item.name} {q.quantity(item, page_bytes)}" for item in finding.evidence
                )
            ),
            "changes": terminal("; ".join(finding.would_change)),
            "remedy": None
            if finding.remedy is None
            else {
                "command": terminal(finding.remedy.command),
                "undo": terminal(finding.remedy.undo),
                "effect": terminal(finding.remedy.effect),
                "risk": terminal(finding.remedy.risk),
            },
        }
        for finding in found.findings
    ]


def _table(columns: tuple[str, ...], numbers: range | tuple[int, ...], rows: list[Table]) -> Table:
    return {"columns": columns, "numbers": tuple(numbers), "rows": rows}


def _row(*cells: str, is_killed: bool = False) -> Table:
    return {"cells": [terminal(cell) for cell in cells], "is_killed": is_killed}


def _tables(found: Postmortem, *, has_all_tasks: bool) -> list[Table]:
    analysis = found.analysis
    tables = [
        _table(
            ("zone", "free", "usable", "min", "low", "high", "reserve", "why not"),
            range(1, 7),
            [
                _row(
                    f"{z.node_id} {z.zone}",
                    *map(words.kib, (z.free_kib, z.usable_kib, z.min_kib, z.low_kib, z.high_kib)),
                    words.kib(z.reserve_kib),
                    words.WHY[z.why],
                )
                for z in analysis.zones
            ],
        ),
        _table(
            ("where the memory was", "", "share"),
            (1, 2),
            [_row(s.name, q.size(s.size_bytes), q.ratio(s.share_ratio)) for s in analysis.shares],
        ),
        _order(found),
    ]
    report_table = analysis.report.table
    if has_all_tasks and report_table is not None:
        tables.append(_tasks(found))
    return [one_table for one_table in tables if one_table["rows"]]


def _order(found: Postmortem) -> Table:
    analysis = found.analysis
    killed = {kill.pid_id for kill in analysis.report.kills}
    return _table(
        ("rank", "pid", "name", "points", "adj", "resident", "swap"),
        (0, 1, 3, 4, 5, 6),
        [
            _row(
                str(rank),
                str(ranked.task.pid_id),
                ranked.task.comm,
                words.points(ranked, found),
                str(ranked.task.oom_score_adj),
                q.pages(ranked.task.rss_pages, analysis.page_size_bytes),
                q.pages(ranked.task.swapents_pages, analysis.page_size_bytes),
                is_killed=bool(killed & {ranked.task.pid_id, ranked.task.tgid_id}),
            )
            for rank, ranked in enumerate(analysis.prediction.top, 1)
        ],
    )


def _tasks(found: Postmortem) -> Table:
    table, page_bytes = found.analysis.report.table, found.analysis.page_size_bytes
    return _table(
        ("pid", "uid", "name", "adj", "resident", "swap"),
        (0, 1, 3, 4, 5),
        [
            _row(
                str(task.pid_id),
                str(task.uid_id),
                task.comm,
                str(task.oom_score_adj),
                q.pages(task.rss_pages, page_bytes),
                q.pages(task.swapents_pages, page_bytes),
            )
            for task in (table.tasks if table is not None else ())
        ],
    )
