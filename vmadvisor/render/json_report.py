r"""``check --format json``: the report for programs; ``vmadvisor schema`` prints its JSON Schema.

``SCHEMA_VERSION`` rises when a field changes its meaning or goes away; new fields do not raise it.
Absent values are ``null``, never 0. Names that are no UTF-8 carry ``\xNN``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import Report
from vmadvisor.model.arithmetic import Arithmetic
from vmadvisor.render.escape import decoded
from vmadvisor.render.style import Style

SCHEMA_VERSION = 1

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def plain(value: object) -> Json:
    """Records, mappings and sequences as JSON knows them.

    >>> plain({"a": (1, None, Severity.OK)})
    {'a': [1, None, 'OK']}
    """
    if isinstance(value, Severity):
        return value.name
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return decoded(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {decoded(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    raise TypeError(type(value).__name__)


def dumps(value: object) -> str:
    """JSON text with a final newline; ASCII only, so that no encoding can spoil it."""
    return json.dumps(plain(value), indent=1, allow_nan=False) + "\n"


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
        "forecasts": [],
        "findings": report.judgement.findings,
        "recommendations": [],
        "rules_quiet": report.judgement.quiet,
        "headroom": report.headroom,
        "reclaim_activity": report.activity,
        "stall_time": report.stall,
        "availability": report.availability,
        "memory_use": report.memory_use,
        "arithmetic": _arithmetic(report.arithmetic),
        "lru": report.lru,
        "consumers": report.consumers,
        "victims": report.victims.by_scope if report.victims is not None else None,
        "gaps": report.gaps,
    }


def render(report: Report, style: Style) -> str:
    """JSON text; ``style`` does not change it."""
    del style
    return dumps(document(report))
