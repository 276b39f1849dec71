"""Every fixture against the verdict that its story calls for.

``expected.json`` was decided from what happened on the host (its scenario, its kernel log, what came
a second later), never from this program's output: ``findings`` must be there with this severity,
``quiet`` rules must say nothing, in no scope, ``gaps`` must be named, ``first_victim`` is whom the
kernel's OOM killer took or would have taken, ``marks`` "exact" has every zone's marks recomputed. A
``status`` can be a list where the story calls for an alarm, however loud.

``fixtures/lab/`` holds moments of the project's own lab, each packed in one ``recording.tar.zst``; pairs
named ``twin-*-well`` and ``twin-*-sick`` are one machine and one story, once with room and once without.
"""

import io
import json
import tarfile
import tomllib
from pathlib import Path

import pytest
import zstandard

from vmadvisor.advise.report import make_report
from vmadvisor.cli.explain import ALL_RULES
from vmadvisor.collect import Request, open_root, take
from vmadvisor.kernel import watermarks
from vmadvisor.kernel.oom import victims
from vmadvisor.render.json_report import render
from vmadvisor.render.style import Style

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
NAMES = sorted(str(path.parent.relative_to(FIXTURES)) for path in FIXTURES.rglob("origin.toml"))
PACKED = "recording.tar.zst"
TREE = "host"
"""A captured tree, one moment: what holds files of settings, which recordings do not."""
TWIN_PAIRS_MIN_COUNT = 30
SIZE_MAX_BYTES = 3 << 20
EXACT = {"equal", "stale"}  # stale: exact for the managed pages of when the marks were set

KNOWN_MISSES: dict[str, str] = {}
"""Fixtures whose verdict is wrong today, and how: the expectation stands."""

each_fixture = pytest.mark.parametrize("name", NAMES)
each_verdict = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=KNOWN_MISSES[name]))
        if name in KNOWN_MISSES
        else name
        for name in NAMES
    ],
)


def _snapshots(name):
    packed = FIXTURES / name / PACKED
    root = packed if packed.exists() else FIXTURES / name
    return take(open_root(str(root)), Request(processes="shortlist", configuration=True))


def _paths(name):
    """(seconds, path below it) of every file of the fixture's recording."""
    packed = FIXTURES / name / PACKED
    if not packed.exists():
        found = (path.relative_to(FIXTURES / name) for path in (FIXTURES / name).rglob("*"))
        members = [path.as_posix() for path in found]
    else:
        plain = zstandard.ZstdDecompressor().stream_reader(packed.read_bytes()).read()
        with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
            members = tar.getnames()
    return [
        (0.0 if tick == TREE else float(tick), path)
        for tick, _, path in (m.partition("/") for m in members)
        if path
    ]


def _expected(name):
    return json.loads((FIXTURES / name / "expected.json").read_text())


def _origin(name):
    return tomllib.loads((FIXTURES / name / "origin.toml").read_text())


@pytest.fixture(scope="module")
def reports():
    """The JSON report of each fixture, made once."""
    made = {}
    for name in NAMES:
        before, after = _snapshots(name)
        is_tree = not any(seconds for seconds, _ in _paths(name))
        assert is_tree or before is not None, f"{name} has one tick only: no rates"
        report = make_report(before, after, time_utc="2026-01-02T03:04:05Z", tool_version="0")
        made[name] = json.loads(render(report, Style()))
    return made


@each_verdict
def test_the_verdict_is_the_one_that_the_story_calls_for(name, reports):
    loud = [(found["id"], found["severity"]) for found in reports[name]["findings"]]
    wanted = _expected(name)["status"]

    assert reports[name]["status"] in (wanted if isinstance(wanted, list) else [wanted]), loud


@each_fixture
def test_what_the_story_is_about_is_found_where_it_is(name, reports):
    found = {(one["id"], one["scope"], one["severity"]) for one in reports[name]["findings"]}
    wanted = {(one["id"], one["scope"], one["severity"]) for one in _expected(name)["findings"]}

    assert wanted <= found


@each_fixture
def test_rules_about_something_else_are_quiet(name, reports):
    found = {one["id"] for one in reports[name]["findings"]}

    assert found & set(_expected(name)["quiet"]) == set()


@each_fixture
def test_what_cannot_be_read_is_a_gap_with_its_cost(name, reports):
    gaps = {gap["path"]: gap for gap in reports[name]["gaps"]}

    assert set(_expected(name).get("gaps", ())) <= gaps.keys()
    assert all(gap["reason"] and gap["cost"] for gap in gaps.values())


@each_fixture
def test_all_processes_of_the_newest_scan_are_seen(name, reports):
    paths = _paths(name)
    newest_s = max(seconds for seconds, _ in paths)
    below = [path.split("/") for seconds, path in paths if seconds == newest_s]
    pids = {parts[1] for parts in below if parts[0] == "proc" and parts[1:] and parts[1].isdigit()}

    assert reports[name]["processes_seen_count"] == (len(pids) or None)


@each_fixture
def test_the_host_is_the_one_that_the_origin_names(name, reports):
    host, origin = reports[name]["host"], _origin(name)

    assert host["kernel_release"] == origin["kernel_release"]
    assert host["page_size_bytes"] == origin["page_size_bytes"]
    assert isinstance(origin["synthetic"], bool)
    assert origin["made"]
    assert origin["story"]


@pytest.mark.parametrize("name", [name for name in NAMES if "marks" in _expected(name)])
def test_every_zones_marks_are_recomputed_to_the_page(name):
    _, after = _snapshots(name)
    rows = watermarks.table(after)

    assert rows
    assert {row.agreement for row in rows} <= EXACT


@pytest.mark.parametrize("name", [name for name in NAMES if "first_victim" in _expected(name)])
def test_the_first_in_the_order_is_whom_the_kernel_takes(name):
    _, after = _snapshots(name)
    first, wanted = victims(after)["host"][0], _expected(name)["first_victim"]

    assert (first.pid_id, first.comm) == (wanted["pid"], wanted["comm"])


def test_fixtures_stay_small_and_cover_kernels_from_3_10_to_7_2():
    sizes = [path.stat().st_size for path in FIXTURES.rglob("*") if path.is_file()]

    assert sum(sizes) < SIZE_MAX_BYTES
    assert {name.split("-")[0] for name in NAMES} >= {"3.10", "4.18", "5.10", "6.1", "6.12", "7.2"}
    assert sum(not _origin(name)["synthetic"] for name in NAMES) > len(NAMES) // 2


def test_healthy_variants_have_a_sick_twin_each():
    twins = {name for name in NAMES if "/twin-" in name}
    stories = {name.rpartition("-")[0] for name in twins}

    assert len(stories) >= TWIN_PAIRS_MIN_COUNT
    assert twins == {f"{story}-{state}" for story in stories for state in ("well", "sick")}
    for story in stories:
        assert _expected(f"{story}-well")["status"] == "OK"
        assert _expected(f"{story}-sick")["status"] == ["WARNING", "CRITICAL"]


WELL = sorted(
    name
    for name in NAMES
    if "healthy" in name or "cache-full" in name or name.endswith("-well") or "64k" in name
)
MADE = sorted({name.rpartition("-")[0] for name in NAMES if name.startswith("made/")})
SICK_TWINS = ("lab/twin-crowd-029-sick", "lab/twin-growth-014-sick", "7.2-leak-before-kill")


def _advised(name):
    from vmadvisor.cli.advise import report_of

    packed = FIXTURES / name / PACKED
    root = packed if packed.exists() else FIXTURES / name
    return report_of(str(root), seconds_s=1, last_s=30, target_s_per_h=1)


def test_at_least_thirty_fixtures_are_of_healthy_hosts():
    assert len(WELL) >= 30


@pytest.mark.parametrize("name", WELL)
def test_no_change_is_advised_on_a_healthy_host(name):
    report = _advised(name)

    assert report.recommendations == ()
    assert report.relief is None


@pytest.mark.parametrize("story", MADE)
def test_the_sick_one_of_a_made_pair_fires_its_rule_and_the_well_one_alarms_nobody(story, reports):
    rule = _expected(f"{story}-sick")["fires"]
    order = ("INFO", "WARNING", "CRITICAL")
    loudest = {
        state: max((order.index(one["severity"]) for one in found if one["id"] == rule), default=-1)
        for state in ("well", "sick")
        for found in [reports[f"{story}-{state}"]["findings"]]
    }

    assert loudest["sick"] > loudest["well"]
    assert reports[f"{story}-well"]["status"] in {"OK", "UNKNOWN"}
    assert not any(one["severity"] in order[1:] for one in reports[f"{story}-well"]["findings"])


ADVISES = sorted(name for name in NAMES if "advises" in _expected(name))
POSTMORTEM_ALONE = {"VMA-CAUSE-001", "VMA-SPARE-001", "VMA-REPORT-001"}
"""They read a kernel log, which no fixture holds: ``tests/cli/test_postmortem.py`` has them."""


SEEN_IN_REPORTS = {
    "VMA-FORESEEN-002", "VMA-RELIEF-001", "VMA-ZONE-001", "VMA-COMPACT-001", "VMA-MGLRU-001",
}  # fmt: skip
"""No expectation names them, for what they say is no story of its own: they speak beside another rule."""

STAGED_ALONE = {"VMA-SWAP-002"}
"""No recording of the lab, thinned to what a fixture may weigh, foretells that swap halves anything: its own case
fires on a staged host, and ``tests/bench/advice.py`` on drawn ones."""


@pytest.mark.parametrize("name", ADVISES)
def test_a_setting_that_was_wrong_in_the_lab_is_advised_against(name):
    assert _expected(name)["advises"] in {one.id for one in _advised(name).recommendations}


def test_every_rule_fires_in_a_fixture():
    known = {name: _expected(name) for name in NAMES}
    fired = {one["id"] for each in known.values() for one in each["findings"]}
    fired |= {
        each[word] for each in known.values() for word in ("fires", "advises") if word in each
    }

    assert {
        rule.id for rule in ALL_RULES
    } - fired == POSTMORTEM_ALONE | SEEN_IN_REPORTS | STAGED_ALONE


def test_rules_that_no_story_is_about_fire_all_the_same(reports):
    fired = {one["id"] for report in reports.values() for one in report["findings"]}

    assert fired >= SEEN_IN_REPORTS


def test_what_is_made_is_what_its_script_makes():
    import synthetic_twins

    stories = {f"made/{story[0]}" for story in synthetic_twins.STORIES}

    assert stories == set(MADE)
    for story, base, change, *_ in synthetic_twins.STORIES[:3]:
        host = synthetic_twins.Host(base)
        change(host, "sick")
        plain = zstandard.ZstdDecompressor().stream_reader(
            (FIXTURES / "made" / f"{story}-sick" / PACKED).read_bytes()
        )
        again = zstandard.ZstdDecompressor().stream_reader(synthetic_twins.pack(host))
        assert plain.read() == again.read()


@pytest.mark.parametrize("name", SICK_TWINS)
def test_a_host_about_to_stall_is_told_its_ways_out(name):
    relief = _advised(name).relief

    assert relief is not None
    assert relief.grower is not None
    assert relief.ways
