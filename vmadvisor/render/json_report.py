r"""``check --format json``: the report for programs; ``vmadvisor schema`` prints its JSON Schema.

``SCHEMA_VERSION`` rises when a field changes its meaning or goes away; new fields do not raise it.
Absent values are ``null``, never 0. Names that are no UTF-8 carry ``\xNN``.
"""

from vmadvisor.advise.report import Report
from vmadvisor.model.arithmetic import Arithmetic
from vmadvisor.render.forecast_json import outlook_tables
from vmadvisor.render.json_text import dumps
from vmadvisor.render.style import Style

SCHEMA_VERSION = 1


def _arithmetic(found: Arithmetic | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "numbers": found.numbers,
        "marks_zones_count": dict(found.marks_agreement),
        "protection_zones_count": dict(found.protection_agreement),
        "min_free": found.min_free,
        "scan_balance": found.scan_balance,
    }


def document(report: Report) -> dict[str, object]:
    """The top level of the format, in the order printed."""
    return {
        "schema_version": SCHEMA_VERSION,
        "time_utc": report.time_utc,
        "tool_version": report.tool_version,
        "status": report.status,
        "exit_code": report.judgement.exit_code,
        "host": report.host,
        "snapshot_time_s": report.snapshot_time_s,
        "processes_seen_count": report.processes_seen_count,
        "process_scan_age_s": report.process_scan_age_s,
        **outlook_tables(report.outlook),
        "findings": report.judgement.findings,
        "relief": report.relief,
        "recommendations": report.recommendations,
        "rules_quiet": report.judgement.quiet,
        "rules_ignored": report.judgement.ignored,
        "headroom": report.headroom,
        "reclaim_activity": report.activity,
        "stall_time": report.stall,
        "availability": report.availability,
        "memory_use": report.memory_use,
        "arithmetic": _arithmetic(report.arithmetic),
        "fragmentation": report.fragmentation,
        "lru": report.lru,
        "consumers": report.consumers,
        "victims": report.victims.by_scope if report.victims is not None else None,
        "gaps": report.gaps,
    }


def render(report: Report, style: Style) -> str:
    """JSON text; ``style`` does not change it."""
    del style
    return dumps(document(report))
