"""The tables, and how an older file becomes one of this version.

``PRAGMA user_version`` counts the migrations that a file has seen; ``application_id`` says whose it is.
A gauge, counter or rate is a column by its name in ``model.past``: a new name there is a migration here.
Absent is NULL. Times are seconds since 1970, shares of forecasts parts per million.
"""

from vmadvisor.model.past import COUNTERS, GAUGES, RATES

APPLICATION_ID = 0x564D4156
"""``VMAV``; at offset 68 of the file (SQLite's "Database File Format", 1.3)."""


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(names)


_FIRST = f"""
CREATE TABLE facts (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE hosts (id INTEGER PRIMARY KEY, hostname, arch, kernel_release, mem_total_kib);
CREATE TABLE boots (id INTEGER PRIMARY KEY, boot_id UNIQUE, host);
CREATE TABLE settings (id INTEGER PRIMARY KEY, text UNIQUE);
CREATE TABLE points (
    id INTEGER PRIMARY KEY, time_utc_s REAL NOT NULL, origin, boot, since_boot_s REAL, settings,
    {_columns(GAUGES)}, {_columns(COUNTERS)});
CREATE UNIQUE INDEX points_by_time ON points (time_utc_s, origin);
CREATE TABLE rates (point INTEGER PRIMARY KEY, {_columns(RATES)});
CREATE TABLE nodes (
    point, node_id, free_bytes, min_bytes, low_bytes, high_bytes, PRIMARY KEY (point, node_id)
) WITHOUT ROWID;
CREATE TABLE kinds (
    id INTEGER PRIMARY KEY, event, scope, horizon_s, model_id, host,
    UNIQUE (event, scope, horizon_s, model_id, host));
CREATE TABLE forecasts (
    time_utc_s REAL, kind, probability_ppm, low_ppm, high_ppm, shipped_ppm, came,
    PRIMARY KEY (time_utc_s, kind)
) WITHOUT ROWID;
CREATE TABLE verdict_kinds (
    id INTEGER PRIMARY KEY, status, finding_ids, headline, UNIQUE (status, finding_ids, headline));
CREATE TABLE verdicts (time_utc_s REAL PRIMARY KEY, kind) WITHOUT ROWID;
CREATE TABLE kills (
    time_utc_s REAL PRIMARY KEY, count, victim, scope, foreseen_utc_s REAL, foreseen_kind,
    probability_ppm, low_ppm, high_ppm
) WITHOUT ROWID;
CREATE TABLE gaps (id INTEGER PRIMARY KEY, time_utc_s REAL, reason);
"""

_TOP_KILLS = """
CREATE TABLE top_kills (id INTEGER PRIMARY KEY, text UNIQUE);
ALTER TABLE points ADD COLUMN top_kills
"""

MIGRATIONS: tuple[str, ...] = (_FIRST, _TOP_KILLS)
"""Each takes a file from its index to the next version; never changed once released."""
