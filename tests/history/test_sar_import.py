"""sysstat's archives in the history: equal to what sadf prints, once, of this host, part by part."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from vmadvisor.errors import RootError
from vmadvisor.history import sar_import
from vmadvisor.history.entry import Entry
from vmadvisor.history.sar_import import SarImport
from vmadvisor.history.store import open_store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.past import Point
from vmadvisor.sources import _json_records, sadf_json
from vmadvisor.sources.log_time import us_of_iso

SADC = next(
    filter(None, map(shutil.which, ("/usr/lib/sysstat/sadc", "/usr/lib64/sa/sadc", "sadc"))), None
)


def document(records, *, restarts=(), nodename="db1"):
    """sadf's text of records at times of day, each with its scan rate and available memory."""

    def stamp(time):
        return {"date": "2026-11-27", "time": time, "utc": 1}

    host = {
        "nodename": nodename, "release": "6.12.94", "machine": "x86_64",
        "statistics": [
            {"timestamp": stamp(time), "paging": {"pgscand": scans}, "memory": {"avail": kib}}
            for time, scans, kib in records
        ],
        "restarts": [{"boot": stamp(time)} for time in restarts],
    }  # fmt: skip
    return json.dumps({"sysstat": {"hosts": [host]}})


@pytest.fixture
def store(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as found:
        yield found


@pytest.fixture
def written(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_points_are_kept_once_with_their_host_and_boot(store, written):
    path = written(
        "a", document([("08:00:00", 1.5, 7), ("09:00:00", 2.5, 8)], restarts=["08:30:00"])
    )

    first = SarImport(store, ["db1"]).add(path)
    again = SarImport(store, ["db1"]).add(path)

    assert (first.points_count, first.new_count, first.gaps) == (2, 2, {})
    assert (again.points_count, again.new_count) == (2, 0)
    assert last_s(first) - first.first_utc_s == 3600
    points = store.past().points
    assert [one.rates for one in points] == [
        {"scan_direct_pages_per_s": 1.5}, {"scan_direct_pages_per_s": 2.5},
    ]  # fmt: skip
    assert [one.gauges for one in points] == [
        {"available_bytes": 7_168},
        {"available_bytes": 8_192},
    ]
    assert points[0].boot_id != points[1].boot_id
    assert store.hosts()[-1].hostname == "db1"
    assert store.past().said == ()


def last_s(found):
    return found.last_utc_s


def test_a_day_that_grew_gives_what_is_new(store, written):
    records = [("08:00:00", 1.5, 7), ("09:00:00", 2.5, 8)]
    SarImport(store, ["db1"]).add(written("a", document(records)))

    grown = SarImport(store, ["db1"]).add(written("a", document([*records, ("10:00:00", 3.5, 9)])))

    assert (grown.points_count, grown.new_count) == (3, 1)


def test_a_restart_of_one_file_holds_for_the_next(store, written):
    run = SarImport(store, ["db1"])
    run.add(written("a", document([("08:00:00", 1.5, 7)], restarts=["08:30:00"])))
    run.add(written("b", document([("09:00:00", 2.5, 8)])))

    assert [one.boot_id for one in store.past().points] == [
        "sar, before a known restart", "sar, restart 2026-11-27T08:30:00Z",
    ]  # fmt: skip


def test_another_hosts_file_is_refused_whole(store, written):
    text = document([("08:00:00", 1.5, 7)]) + document([("09:00:00", 2.5, 8)], nodename="db2")

    with pytest.raises(RootError, match="it is of db2, the history is of db1; --host db2"):
        SarImport(store, ["db1"]).add(written("a", text))
    assert store.past().points == ()
    assert SarImport(store, ["db1", "db2"]).add(written("a", text)).new_count == 2


def test_a_file_that_does_not_say_whose_it_is_is_refused(store, written):
    with pytest.raises(RootError, match="of which host"):
        SarImport(store, ["db1"]).add(
            written("a", document([], nodename='d"b1').replace('\\"', '"'))
        )


def test_what_is_whole_is_kept_and_the_rest_said(store, written):
    text = document([("08:00:00", 1.5, 7), ("09:00:00", 2.5, 8)])

    found = SarImport(store, ["db1"]).add(written("a", text[: text.index("09:00:00")]))

    assert found.new_count == 1
    assert set(found.gaps) == {_json_records.BREAKS_OFF, sadf_json.BOOTS_LOST}


def test_records_beyond_the_limit_are_said(store, written, monkeypatch):
    monkeypatch.setattr(sar_import, "MOMENTS_MAX_COUNT", 2)
    records = [(f"08:00:0{n}", 1.5, 7 + n) for n in range(5)]

    found = SarImport(store, ["db1"]).add(written("a", document(records)))

    assert (found.new_count, found.gaps) == (2, {sar_import.TOO_MANY: 1})


def test_records_without_memory_are_no_points_and_that_is_said(store, written):
    text = document([("08:00:00", 1.5, 7)]).replace("paging", "queue").replace("memory", "io")

    found = SarImport(store, ["db1"]).add(written("a", text))

    assert (found.points_count, found.first_utc_s) == (0, None)
    assert found.gaps == {sar_import.TELLS_NOTHING: 1}


def test_what_is_imported_does_not_become_the_host_of_the_last_run(store, written):
    """``calibrate --history`` fits for that one."""
    host = HostIdentity(
        hostname="db1", arch="x86_64", kernel_release="7.2.1", mem_total_kib=4_000_003
    )
    point = Point(
        time_utc_s=1_795_800_000.0, boot_id="b", origin="check", counters={"oom_kill_total": 3}
    )
    store.append(Entry(time_utc_s=1_795_800_000.0, host=host, since_boot_s=50.0, point=point))
    SarImport(store, ["db1"]).add(written("a", document([("08:00:00", 1.5, 7)])))

    assert store.hosts()[-1] == host
    assert len(store.hosts()) == 2


NUMBERS = {
    ("paging", "pgscank"): ("rates", "scan_kswapd_pages_per_s", 1),
    ("paging", "pgscand"): ("rates", "scan_direct_pages_per_s", 1),
    ("paging", "majflt"): ("rates", "majfault_per_s", 1),
    ("swap-pages", "pswpin"): ("rates", "swapin_pages_per_s", 1),
    ("swap-pages", "pswpout"): ("rates", "swapout_pages_per_s", 1),
    ("psi", "psi-mem", "some_avg"): ("rates", "memory_some_ratio", 0.01),
    ("psi", "psi-mem", "full_avg"): ("rates", "memory_full_ratio", 0.01),
    ("psi", "psi-io", "full_avg"): ("rates", "io_full_ratio", 0.01),
    ("memory", "memfree"): ("gauges", "free_bytes", 1024),
    ("memory", "avail"): ("gauges", "available_bytes", 1024),
    ("memory", "shared"): ("gauges", "shmem_bytes", 1024),
    ("memory", "swpfree"): ("gauges", "swap_free_bytes", 1024),
}


def told(record, keys):
    for key in keys:
        record = record.get(key) if record is not None else None
    return record


@pytest.mark.skipif(SADC is None or shutil.which("sadf") is None, reason="no sysstat here")
def test_a_real_archive_is_kept_number_for_number_as_sadf_prints_it(store, tmp_path):
    """Two boots' worth of records, one a second; disks are written meanwhile, for numbers other than 0."""
    path = str(tmp_path / "sa01")
    subprocess.run([SADC, "-S", "XALL", "1", "3", path], check=True, timeout=60)
    subprocess.run([SADC, "-S", "XALL", path], check=True, timeout=60)  # LINUX RESTART
    subprocess.run([SADC, "-S", "XALL", "1", "4", path], check=True, timeout=60)
    printed = subprocess.run(
        ["sadf", "-j", path, "--", "-A"], env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    (host,) = json.loads(printed)["sysstat"]["hosts"]

    found = SarImport(store, [Path("/proc/sys/kernel/hostname").read_text().strip()]).add(path)

    assert found.gaps == {}
    points = store.past().points
    assert len(points) == len(host["statistics"]) >= 4
    compared = 0
    for point, record in zip(points, host["statistics"], strict=True):
        stamp = record["timestamp"]
        assert point.time_utc_s == us_of_iso(f"{stamp['date']}T{stamp['time']}Z") / 1e6
        for keys, (part, name, factor) in NUMBERS.items():
            number = told(record, keys)
            if number is None:
                assert name not in getattr(point, part)
                continue
            assert getattr(point, part)[name] == pytest.approx(number * factor, rel=1e-12)
            compared += 1
    assert compared >= 10 * len(points)
    boots = dict.fromkeys(point.boot_id for point in points)
    assert len(boots) == 1 + len(host["restarts"]) == 2
