"""A copy that tells no name and the same verdict."""

import io
import json
import os
import tarfile
from pathlib import Path

import pytest
import zstandard

from vmadvisor.advise.report import make_report
from vmadvisor.collect import Request, open_root, take
from vmadvisor.collect.recording_walk import walk
from vmadvisor.errors import RecordingError, RootError
from vmadvisor.recording.anonymise import anonymise
from vmadvisor.recording.pseudonyms import Pseudonyms
from vmadvisor.recording.recorder import record
from vmadvisor.recording.rotation import Keep
from vmadvisor.render.json_report import render
from vmadvisor.render.style import Style

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
KEPT = ("sshd", "systemd", "postgres", "mysqld", "redis-server", "systemd-journal", "agetty",
        "dockerd", "containerd")  # fmt: skip


def packed(members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.uname = "bob"
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def copied(data, tmp_path, *, names=None):
    target = tmp_path / "copy.tar.zst"
    outcome = anonymise(io.BytesIO(data), str(target), names or Pseudonyms(salt="pepper"))
    return outcome, target.read_bytes()


def fixture_members(name):
    root = FIXTURES / name
    return [
        (path.relative_to(root).as_posix(), path.read_bytes())
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.relative_to(root).parts[0][0].isdigit()
    ]


TOLD = {"id", "severity", "status", "unit", "confidence", "kernel_release", "exit_code"}


def without_names(report):
    """Every number of a report, and the words that are not about somebody, in any order."""

    def stripped(value):
        if isinstance(value, dict) and any(key.startswith("/") for key in value):
            return stripped(list(value.values()))  # by control group
        if isinstance(value, dict):
            return {
                key: stripped(part)
                for key, part in value.items()
                if not isinstance(part, str) or key in TOLD
            }
        if isinstance(value, list):
            return sorted((stripped(p) for p in value if not isinstance(p, str)), key=json.dumps)
        return value

    return stripped(json.loads(report))


def verdict(path):
    before, after = take(open_root(str(path)), Request())
    report = make_report(before, after, time_utc="2026-01-02T03:04:05Z", tool_version="0")
    return without_names(render(report, Style())), report.judgement.exit_code


@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in FIXTURES.glob("*/origin.toml"))
)
def test_the_verdict_is_the_same_but_for_names(name, tmp_path):
    data = packed(fixture_members(name))
    (tmp_path / "original.tar").write_bytes(data)

    outcome, _ = copied(data, tmp_path, names=Pseudonyms(keep=KEPT))

    assert verdict(tmp_path / "copy.tar.zst") == verdict(tmp_path / "original.tar")
    assert outcome.damage is None
    assert outcome.members_count + outcome.left_out_count == len(fixture_members(name))


def test_no_name_of_a_recording_of_this_tool_is_left(tmp_path, tree, plan, unpack):
    path = tmp_path / "host.tar.zst"
    record(str(path), plan, Keep(), duration_s=0.3, tree=tree)

    _, copy = copied(path.read_bytes(), tmp_path)

    members = unpack(copy)
    plain = b"\n".join(name.encode() + b"\n" + data for name, data in members)
    for secret in (b"(db)", b"db1", b"db.slice", b"/home/bob", b"builder", b"build7", b"61ec5f2c",
                   os.uname().nodename.encode() + b'"', b"(init)"):  # fmt: skip
        assert secret not in plain, secret
    assert b"(kswapd0)" in plain
    assert len(members) == len(unpack(path.read_bytes()))
    meta = json.loads(members[0][1])
    assert (meta["clock"], meta["anonymised"]) == ("CLOCK_MONOTONIC", True)


def test_the_same_name_has_the_same_pseudonym_wherever_it_stands(tmp_path, tree, plan):
    path = tmp_path / "host.tar.zst"
    record(str(path), plan, Keep(), duration_s=0.3, tree=tree)
    copied(path.read_bytes(), tmp_path)

    _, after = take(open_root(str(tmp_path / "copy.tar.zst")), Request())

    db = after.processes.details[42]
    assert db.stat.comm == Pseudonyms(salt="pepper").name(b"db").decode()
    assert db.cgroup_path == f"/{db.stat.comm}.slice"
    assert after.cgroups.groups[db.cgroup_path].max_bytes == 82000
    assert after.processes.details[57].stat.comm == "kswapd0"


def test_a_kernel_thread_whose_status_comes_first_keeps_its_name_there(tmp_path, unpack):
    kernel = b"Name:\tkswapd0\nPid:\t57\nPPid:\t2\nKthread:\t1\n"
    old_kernel = b"Name:\tkswapd1\nPid:\t58\nPPid:\t2\nUid:\t0\t0\t0\t0\n"
    user = b"Name:\tkswapd2\nPid:\t59\nPPid:\t2\nVmSize:\t 9 kB\n"
    _, copy = copied(
        packed([
            ("1.5/proc/57/status", kernel), ("1.5/proc/58/status", old_kernel),
            ("1.5/proc/59/status", user),
        ]), tmp_path,
    )  # fmt: skip

    texts = [data for _, data in unpack(copy)]
    assert texts[:2] == [kernel, old_kernel]
    assert b"kswapd2" not in texts[2]


def test_what_nobody_reads_is_left_out_and_counted(tmp_path, unpack):
    outcome, copy = copied(
        packed([
            ("1.5/proc/42/environ", b"PASSWORD=x"), ("1.5/proc/stat", b"cpu 1\n"),
            ("1.5/proc/42/cmdline", b"--password"), ("var/log/messages", b"secret"),
        ]), tmp_path,
    )  # fmt: skip

    assert [name for name, _ in unpack(copy)] == ["1.5/proc/stat"]
    assert (outcome.left_out_count, outcome.left_out) == (3, "1.5/proc/42/environ")
    assert outcome.members_count == 1


def test_the_directory_that_a_sosreport_lies_in_has_no_name_either(tmp_path, unpack):
    _, copy = copied(packed([("sosreport-db1-2026/proc/stat", b"cpu 1\n")]), tmp_path)

    ((name, _),) = unpack(copy)
    assert name.endswith("/proc/stat")
    assert "db1" not in name
    assert verdictless(tmp_path / "copy.tar.zst")


def verdictless(path):
    return take(open_root(str(path)), Request())[1] is not None


def test_groups_of_version_1_keep_their_controller(tmp_path, unpack):
    _, copy = copied(
        packed([("1.5/sys/fs/cgroup/memory/docker/ab12/memory.usage_in_bytes", b"71\n")]), tmp_path
    )

    ((name, data),) = unpack(copy)
    names = Pseudonyms(salt="pepper")
    docker, ab12 = (names.name(part).decode() for part in (b"docker", b"ab12"))
    assert name == f"1.5/sys/fs/cgroup/memory/{docker}/{ab12}/memory.usage_in_bytes"
    assert data == b"71\n"


def test_anothers_meta_is_emptied(tmp_path, unpack):
    members = [("meta.json", b'{"scenario": "bob"}'), ("1.5/proc/stat", b"cpu 1\n")]
    _, copy = copied(packed(members), tmp_path)

    assert unpack(copy)[0] == ("meta.json", b"{}\n")


@pytest.mark.parametrize("meta", [b"", b"[]", b"{", b"\xff"])
def test_a_meta_that_makes_no_sense_is_emptied_too(tmp_path, unpack, meta):
    _, copy = copied(packed([("meta.json", meta), ("1.5/proc/stat", b"cpu 1\n")]), tmp_path)

    assert unpack(copy)[0] == ("meta.json", b"{}\n")


def test_what_is_torn_stays_torn(tmp_path):
    data = packed([(f"{tick}.5/proc/stat", b"cpu 1\n" * 900) for tick in range(9)])

    outcome, _ = copied(data[:30_000], tmp_path)

    _, after = take(open_root(str(tmp_path / "copy.tar.zst")), Request())
    assert outcome.damage == "it breaks off within a file"
    assert any("ends early" in gap.reason for gap in after.gaps)


def test_what_is_damaged_has_a_gap_at_the_same_place_in_the_copy(tmp_path):
    data = bytearray(packed([(f"{tick}.5/proc/stat", b"cpu 1\n" * 900) for tick in range(9)]))
    data[data.index(b"5.5/proc/stat")] ^= 1
    (tmp_path / "original.tar").write_bytes(data)

    outcome, _ = copied(bytes(data), tmp_path)

    assert (outcome.lost_bytes, outcome.damage) == (6144, None)
    original, copy = (list(walk(tmp_path / name)) for name in ("original.tar", "copy.tar.zst"))
    assert [snapshot.time_s for snapshot in copy] == [
        0.5, 1.5, 2.5, 3.5, 4.5, 6.5, 7.5, 8.5,
    ]  # fmt: skip
    for snapshots in (original, copy):
        told = [s.time_s for s in snapshots if any("damaged" in gap.reason for gap in s.gaps)]
        assert told == [6.5]


def test_a_wrong_checksum_is_told(tmp_path):
    data = packed([("1.5/proc/stat", b"cpu 1\n")])
    frame = bytearray(zstandard.ZstdCompressor(write_checksum=True).compress(data))
    frame[-1] ^= 1

    assert copied(bytes(frame), tmp_path)[0].wrong_sums_count == 1


def test_how_many_processes_there_were_stays_and_nothing_else_passes_for_it(tmp_path, unpack):
    counts = b'{"seen_count": 512, "with_memory_count": 230, "top_count": 10}\n'
    _, copy = copied(
        packed(
            [
                ("1.5/meta/processes.json", counts),
                ("2.5/meta/processes.json", b'{"seen_count": "bob"}'),
                ("1.5/meta/bob.json", counts),
                ("1.5/proc/stat", b"cpu 1\n"),
            ]
        ),
        tmp_path,
    )

    assert unpack(copy) == [
        ("1.5/meta/processes.json", counts),
        ("2.5/meta/processes.json", b""),
        ("1.5/proc/stat", b"cpu 1\n"),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no tar archive"),
        (b"hello" * 999, "no tar archive"),
        (packed([("etc/passwd", b"root")]), "no file below proc/ or sys/"),
        (zstandard.compress(b"x" * 100_000)[:9], "no tar archive"),
    ],
)
def test_where_there_is_nothing_to_copy_no_file_is_left(tmp_path, data, words):
    with pytest.raises(RootError, match=words):
        copied(data, tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_copy(tmp_path, monkeypatch):
    def full(self, _piece):
        self.error = "no space left on device"

    monkeypatch.setattr("vmadvisor.recording.output_file.OutputFile.append", full)
    with pytest.raises(RecordingError, match="no space left"):
        copied(packed([("1.5/proc/stat", b"cpu 1\n")]), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_touched(tmp_path):
    (tmp_path / "copy.tar.zst").write_text("mine")

    with pytest.raises(RecordingError, match="file exists"):
        copied(packed([("1.5/proc/stat", b"cpu 1\n")]), tmp_path)
    assert (tmp_path / "copy.tar.zst").read_text() == "mine"


@pytest.mark.shared
def test_a_recording_of_the_lab_has_the_same_verdict(shared, tmp_path):
    source = shared / "recordings" / "006-thrash.tar.zst"
    with source.open("rb") as stream:
        anonymise(stream, str(tmp_path / "copy.tar.zst"), Pseudonyms())

    assert verdict(tmp_path / "copy.tar.zst") == verdict(source)
