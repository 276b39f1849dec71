"""PCP's archives in the history: number for number, once, of this host, boot by boot, kills and all."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from pcp_log import crises, lines

from vmadvisor.errors import RootError
from vmadvisor.history import pcp_import
from vmadvisor.history.entry import Entry
from vmadvisor.history.pcp_import import PcpImport
from vmadvisor.history.store import open_store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.past import Point
from vmadvisor.sources import _json_records, pcp_csv, pcp_json
from vmadvisor.sources.meminfo import values as meminfo_values
from vmadvisor.sources.vmstat import parse as parse_vmstat

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "pcp"
START = 1_795_773_600.0  # 2026-11-27 10:00
PROGRAMS = ("pmrep", "pmdumplog", "pcp2json")


@pytest.fixture
def store(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as found:
        yield found


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """``archive(name, lines)``: one that the ``pmrep`` on the path prints so."""
    place = tmp_path / "bin"
    place.mkdir()
    (place / "pmrep").write_text('#!/bin/sh\nexec cat "$4.lines"\n')
    (place / "pmrep").chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:/usr/bin:/bin")

    def put(name, told):
        for part in ("0", "meta", "index"):
            (tmp_path / f"{name}.{part}").touch()
        (tmp_path / f"{name}.lines").write_text("".join(told), errors="surrogateescape")
        return str(tmp_path / name)

    return put


def log(*kills, start_utc_s=START, step_s=60.0, **known):
    """Records a minute apart with so many OOM kills since boot."""
    told = [(start_utc_s + step_s * n, {"mem.vmstat.oom_kill": count}) for n, count in enumerate(kills)]  # fmt: skip
    return lines(told, **known)


def added(store, *paths, names=("db1",), since_utc_s=None):
    run = PcpImport(store, names, since_utc_s)
    return [run.add(path) for path in paths]


def kills_of(store):
    return [(kill.time_utc_s - START, kill.count) for kill in store.past().kills]


def test_points_are_kept_once_with_their_host_and_boot(store, archive):
    path = archive("a", log(3, 3, boot_utc_s=int(START) - 7))

    (first,) = added(store, path)
    (again,) = added(store, path)

    assert (first.points_count, first.new_count, first.gaps) == (2, 2, {})
    assert (again.points_count, again.new_count) == (2, 0)
    assert (first.first_utc_s, first.last_utc_s) == (START, START + 60)
    points = store.past().points
    assert [point.counters["oom_kill_total"] for point in points] == [3, 3]
    assert points[0].gauges["available_bytes"] == 24_428_294_144
    assert {point.boot_id for point in points} == {"pcp, boot 2026-11-27T09:59:53Z"}
    assert store.hosts() == [
        HostIdentity(hostname="db1", arch="x86_64", kernel_release="6.18.44", mem_total_kib=24_684_096)
    ]  # fmt: skip
    assert store.past().said == ()


def test_kills_are_counted_within_a_boot_across_archives_and_batches(store, archive, monkeypatch):
    monkeypatch.setattr(pcp_import, "_BATCH_COUNT", 2)
    paths = [
        archive("a", log(1, 1, 2, 2, 5)),
        archive("b", log(7, 7, start_utc_s=START + 600)),
        archive("c", log(0, 1, start_utc_s=START + 1200)),
    ]

    added(store, *paths)

    # 2 between the archives of one boot are not seen by any two records of one of them.
    assert kills_of(store) == [(120, 1), (240, 3), (1260, 1)]


def test_an_archive_that_overlaps_counts_no_kill_twice(store, archive):
    added(store, archive("a", log(1, 1, 3)))
    added(store, archive("b", log(1, 3, start_utc_s=START + 30, step_s=120.0)))

    assert kills_of(store) == [(120, 2)]


def test_what_our_own_runs_counted_is_not_counted_again(store, archive):
    for seconds, count in ((-300, 1), (300, 2)):
        point = Point(
            time_utc_s=START + seconds, boot_id="own", origin="check", counters={"oom_kill_total": count}
        )  # fmt: skip
        store.append(Entry(time_utc_s=point.time_utc_s, since_boot_s=900.0 + seconds, point=point))
    assert kills_of(store) == [(300, 1)]

    added(store, archive("a", log(1, 2)))

    assert kills_of(store) == [(300, 1)]
    added(store, archive("b", log(0, 4, start_utc_s=START - 7200)))
    assert kills_of(store) == [(-7140, 4), (300, 1)]


def test_only_what_is_not_older_is_taken(store, archive):
    (found,) = added(store, archive("a", log(*range(9))), since_utc_s=START + 300)

    assert (found.points_count, found.first_utc_s) == (4, START + 300)


@pytest.mark.parametrize(("host", "is_ours"), [("db1", True), ("db2", False), ("d,b\x1b[2J", False), ("", False)])  # fmt: skip
def test_another_hosts_archive_is_refused_whole(store, archive, host, is_ours):
    path = archive("a", log(1, 2, host=host))

    if is_ours:
        assert added(store, path)[0].new_count == 2
        return
    with pytest.raises(RootError, match=r"it is of|of which host"):
        added(store, path)
    assert store.past().points == ()


def test_nothing_of_a_refused_file_is_taken_for_the_next_ones(store, text):
    run = PcpImport(store, ["db1"], None)
    told = document(stamp="2026-11-27 12:0{}:00")
    memory = '"mem": {"physmem": {"@unit": "Kbyte", "value": 77}, '
    with pytest.raises(RootError, match="its times are local"):
        run.add(text(told.replace('"mem": {', memory).replace("UTC+0", "UTC+2")))

    run.add(text(document()))

    points = store.past().points
    assert [point.time_utc_s - START for point in points] == [0, 60, 120]
    assert not any("total_bytes" in point.gauges for point in points)


def test_the_kernels_own_name_or_the_one_that_pcp_gives_it_will_do(store, archive):
    told = "".join(log(1, 2)).replace("\ndb1,", "\ndb1.example.com,")

    assert added(store, archive("a", [told]))[0].new_count == 2
    told = "".join(log(1, 2, start_utc_s=START + 600)).replace(",db1,", ",localhost,")
    assert added(store, archive("b", [told]))[0].new_count == 2
    assert {host.hostname for host in store.hosts()} == {"db1"}


def test_what_is_whole_is_kept_and_the_rest_said(store, archive):
    told = "".join(log(1, 2, 3))

    (found,) = added(store, archive("a", [told[:-20]]))

    assert (found.new_count, found.gaps) == (2, {pcp_csv.LINE_DAMAGED: 1})


def test_an_archive_that_pmrep_gives_up_keeps_what_it_printed(store, tmp_path, archive):
    path = archive("a", log(1, 2))
    (tmp_path / "bin" / "pmrep").write_text(
        '#!/bin/sh\ncat "$4.lines"; echo "pmrep: Corrupted record in a PCP archive log" >&2; exit 1\n'
    )

    (found,) = added(store, path)

    assert found.new_count == 2
    assert found.gaps == {"pmrep: Corrupted record in a PCP archive log": 1}


def test_what_is_imported_does_not_become_the_host_of_the_last_run(store, archive):
    host = HostIdentity(
        hostname="db1", arch="x86_64", kernel_release="7.2.1", mem_total_kib=4_000_003
    )
    point = Point(
        time_utc_s=START + 9000, boot_id="b", origin="check", counters={"oom_kill_total": 3}
    )
    store.append(Entry(time_utc_s=START + 9000, host=host, since_boot_s=50.0, point=point))
    added(store, archive("a", log(1, 2)))

    assert store.hosts()[-1] == host
    assert len(store.hosts()) == 2


# What pcp2json printed elsewhere


def document(records=3, *, zone="UTC+0", host="db1", stamp="2026-11-27 10:0{}:00"):
    found = [
        {"@interval": "60", "@timestamp": stamp.format(n),
         "mem": {"vmstat": {"oom_kill": {"@unit": "count", "value": n}}}}
        for n in range(records)
    ]  # fmt: skip
    hosts = [{"@host": host, "@metrics": found, "@source": "a", "@timezone": zone}]
    return json.dumps({"@pcp": {"@hosts": hosts}}, indent=2, sort_keys=True)


@pytest.fixture
def text(tmp_path):
    def put(told):
        (tmp_path / "day.json").write_text(told)
        return str(tmp_path / "day.json")

    return put


def test_the_recorded_text_is_what_its_archive_was(store, archive, tmp_path):
    (by_text,) = added(store, str(FIXTURES / "6.18-log.json.gz"))
    with open_store(str(tmp_path / "other.sqlite")) as other:
        (by_lines,) = added(other, archive("a", [(FIXTURES / "6.18-log.csv").read_text()]))
        assert store.past().points == other.past().points
        assert store.hosts() == other.hosts()

    assert (by_text.new_count, by_lines.new_count) == (8, 8)
    assert by_text.gaps == by_lines.gaps == {}


def test_times_that_are_not_utc_are_refused_with_all_that_was_read(store, text):
    with pytest.raises(RootError, match="its times are local"):
        added(store, text(document(zone="UTC+1")))
    assert store.past().points == ()
    assert added(store, text(document()))[0].new_count == 3


def test_a_text_that_breaks_off_before_it_says_its_zone_is_refused(store, text):
    told = document()

    with pytest.raises(RootError, match="before it says in what zone"):
        added(store, text(told[: told.index("@source")]))
    assert store.past().points == ()


def test_a_text_that_breaks_off_but_told_its_zone_with_each_record_is_kept(store, text):
    told = document(stamp="2026-11-27 10:0{}:00 UTC")

    (found,) = added(store, text(told[: told.index("10:02")]))

    assert (found.new_count, found.gaps) == (2, {_json_records.BREAKS_OFF: 1})


def test_two_hosts_in_one_text_are_refused_whole(store, text):
    with pytest.raises(RootError, match="it is of db2"):
        added(store, text(document() + document(host="db2", stamp="2026-11-27 11:0{}:00")))
    assert store.past().points == ()


def test_records_beyond_the_limit_are_said(store, text, monkeypatch):
    monkeypatch.setattr(pcp_import, "POINTS_MAX_COUNT", 2)

    (found,) = added(store, text(document(5)))

    assert (found.new_count, found.gaps) == (2, {pcp_import.TOO_MANY: 1})


def test_rates_are_said_and_what_stands_beside_them_is_kept(store):
    (found,) = added(store, str(FIXTURES / "6.18-rates.json"))

    assert found.gaps == {pcp_json.A_RATE: 16}
    assert {tuple(point.gauges) for point in store.past().points} == {("free_bytes",)}
    assert all(point.counters == {} for point in store.past().points)


# Forecasts made of it


def test_forecasts_are_kept_for_calibration_and_nobody_is_told_that_they_were_made(store, archive):
    path = archive("a", lines(crises(start_utc_s=START, count=120, step_s=10.0)))

    (found,) = added(store, path)
    (again,) = added(store, path)

    assert found.replayed_count > 20
    assert again.replayed_count == 0
    pairs = store.said_for(model_id(), store.hosts()[-1], is_replayed=True)
    assert len(pairs) == found.replayed_count
    assert store.said_for(model_id(), store.hosts()[-1]) == []
    assert store.past().said == ()
    assert all(kill.foreseen is None for kill in store.past().kills)


def test_where_our_own_runs_reach_none_are_made(store, archive):
    for seconds in (-60, 3600):
        point = Point(time_utc_s=START + seconds, boot_id="own", origin="check", gauges={"free_bytes": 5})  # fmt: skip
        store.append(Entry(time_utc_s=point.time_utc_s, since_boot_s=900.0 + seconds, point=point))

    (found,) = added(store, archive("a", lines(crises(start_utc_s=START, count=120, step_s=10.0))))

    assert (found.new_count, found.replayed_count) == (120, 0)


# The real programs


def _number(text):
    return float(text) if "." in text else int(text)


def dumped(path, *metrics):
    """(time of day, metric or metric[instance] -> number) of each record, as ``pmdumplog`` prints it."""
    printed = subprocess.run(
        ["pmdumplog", "-Z", "UTC", path, *metrics], capture_output=True, text=True, check=True,
        timeout=120, env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
    ).stdout  # fmt: skip
    found, name = [], ""
    for line in printed.splitlines():
        head = re.match(r"(\d\d:\d\d:\d\d\.\d{6})\s+\d+ metric", line)
        metric = re.match(r"\s+[\d.]+ \(([\w.]+)\):(?: value ([\d.]+))?", line)
        instance = re.match(r'\s+inst \[\d+ or "([^"]+)"\] value ([\d.]+)', line)
        if head:
            found.append((head[1], {}))
        elif metric:
            name = metric[1]
            if metric[2]:
                found[-1][1][name] = _number(metric[2])
        elif instance:
            found[-1][1][f"{name}[{instance[1]}]"] = _number(instance[2])
    return found


COUNTERS = {
    "oom_kill_total": "mem.vmstat.oom_kill", "majfault_total": "mem.vmstat.pgmajfault",
    "swapin_pages_total": "mem.vmstat.pswpin", "swapout_pages_total": "mem.vmstat.pswpout",
    "scan_kswapd_pages_total": "mem.vmstat.pgscan_kswapd", "scan_direct_pages_total": "mem.vmstat.pgscan_direct",
    "steal_kswapd_pages_total": "mem.vmstat.pgsteal_kswapd", "steal_direct_pages_total": "mem.vmstat.pgsteal_direct",
    "compact_stall_total": "mem.vmstat.compact_stall",
    "memory_some_us_total": "kernel.all.pressure.memory.some.total",
    "memory_full_us_total": "kernel.all.pressure.memory.full.total",
    "io_full_us_total": "kernel.all.pressure.io.full.total",
}  # fmt: skip
GAUGES_KIB = {
    "available_bytes": ("mem.util.available",), "shmem_bytes": ("mem.util.shmem",),
    "anon_bytes": ("mem.util.active_anon", "mem.util.inactive_anon"),
    "file_bytes": ("mem.util.active_file", "mem.util.inactive_file"),
    "slab_reclaimable_bytes": ("mem.util.slabReclaimable",),
    "slab_unreclaimable_bytes": ("mem.util.slabUnreclaimable",),
    "swap_total_bytes": ("mem.util.swapTotal",), "swap_free_bytes": ("mem.util.swapFree",),
}  # fmt: skip


def the_proc_files():
    vmstat = parse_vmstat(Path("/proc/vmstat").read_text())
    return {
        "majfault_total": vmstat.pgmajfault_total, "oom_kill_total": vmstat.oom_kill_total,
        "refault_file_pages_total": vmstat.workingset_refault_file_pages_total,
        "scan_direct_pages_total": vmstat.pgscan_direct_pages_total,
        "allocstall_total": vmstat.allocstall_total,
    }  # fmt: skip


@pytest.fixture(scope="module")
def real_archive(tmp_path_factory):
    """Five records of this host by PCP's own agent, without its daemon, and counters read before and after."""
    if not all(map(shutil.which, PROGRAMS)):
        pytest.skip("no PCP here")
    path = str(tmp_path_factory.mktemp("pcp") / "20261127")
    before = the_proc_files()
    done = subprocess.run(
        ["pmrep", "--local-PMDA", "-o", "archive", "-F", path, "-t", "0.5", "-s", "5", "mem.util", "mem.vmstat",
         "mem.zoneinfo", "mem.physmem", "kernel.all.pressure", "kernel.all.uptime", "kernel.all.boottime",
         "kernel.uname", "hinv.pagesize"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"PCP's agent cannot be asked here: {done.stderr[-200:]}")
    return path, before, the_proc_files()


def test_a_real_archive_is_kept_number_for_number_as_pmdumplog_prints_it(store, real_archive):
    path, before, after = real_archive
    (found,) = added(store, path, names=[os.uname().nodename])

    assert found.gaps == {}
    points = store.past().points
    records = dumped(path)
    assert len(points) == len(records) == 5
    compared = 0
    for point, (clock, told) in zip(points, records, strict=True):
        seconds_s = point.time_utc_s % 86_400
        hours, minutes, rest = clock.split(":")
        assert seconds_s == pytest.approx(
            int(hours) * 3600 + int(minutes) * 60 + float(rest), abs=2e-6
        )
        for name, metric in COUNTERS.items():
            assert point.counters.get(name) == told.get(metric)
            compared += metric in told
        for name, metrics in GAUGES_KIB.items():
            assert point.gauges[name] == sum(told[metric] for metric in metrics) * 1024
            compared += 1
        free = [kib for key, kib in told.items() if key.startswith("mem.zoneinfo.free[")]
        least = [kib for key, kib in told.items() if key.startswith("mem.zoneinfo.min[")]
        assert point.gauges["free_bytes"] == sum(free) * 1024
        assert sum(node.min_bytes for node in point.nodes) == sum(least) * 1024
    assert compared >= 15 * len(points)
    for name, first in before.items():
        counts = [point.counters[name] for point in points]
        assert first <= counts[0] <= counts[-1] <= after[name]


def test_the_total_of_a_real_archive_is_the_hosts(store, real_archive):
    added(store, real_archive[0], names=[os.uname().nodename])

    total_kib = meminfo_values(Path("/proc/meminfo").read_text())["mem_total_kib"]
    assert store.past().points[0].gauges["total_bytes"] == total_kib * 1024
    assert store.hosts()[0].kernel_release == os.uname().release
    boot = store.past().points[0].boot_id
    assert boot.startswith("pcp, boot ")
    assert time.strftime("%Y-%m-%d", time.gmtime(time.time() - float(Path("/proc/uptime").read_text().split()[0]))) in boot  # fmt: skip


def test_real_text_of_pcp2json_is_the_same_archive(store, real_archive, tmp_path):
    path, *_ = real_archive
    printed = subprocess.run(
        ["pcp2json", "-a", path, "-r", "-E", "-5", "-Z", "UTC", "-f", "%Y-%m-%d %H:%M:%S.%f", "mem.util",
         "mem.vmstat", "mem.zoneinfo", "mem.physmem", "hinv.pagesize", "kernel.all.pressure",
         "kernel.all.boottime", "kernel.all.uptime", "kernel.uname"],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    (tmp_path / "day.json").write_text(printed)
    added(store, str(tmp_path / "day.json"), names=[os.uname().nodename])

    with open_store(str(tmp_path / "other.sqlite")) as other:
        added(other, path, names=[os.uname().nodename])
        assert store.past().points == other.past().points


def test_a_real_archive_that_breaks_off_keeps_what_is_whole(store, real_archive, tmp_path):
    path, *_ = real_archive
    for part in ("meta", "index"):
        shutil.copy(f"{path}.{part}", f"{tmp_path}/cut.{part}")
    whole = Path(f"{path}.0").read_bytes()
    (tmp_path / "cut.0").write_bytes(whole[: len(whole) * 3 // 5])

    (found,) = added(store, f"{tmp_path}/cut", names=[os.uname().nodename])

    assert 0 < found.new_count < 5
    assert [reason for reason in found.gaps if reason.startswith("pmrep: ")]
