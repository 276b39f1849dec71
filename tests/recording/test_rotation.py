import os
from pathlib import Path

import pytest

from vmadvisor.recording import rotation
from vmadvisor.recording.rotation import Keep, prune, stamped

NAMES = ["host.20260101T000000Z", "host.20260102T000000Z", "host.20260102T000000Z-2",
         "host.20260103T000000Z.oom"]  # fmt: skip


@pytest.fixture
def files(tmp_path):
    """Four recordings of 1,000 bytes, the first the oldest, and files of others."""
    for age, name in enumerate([*NAMES, "host", "host.2026", "ghost.20260101T000000Z"]):
        path = tmp_path / f"{name}.tar.zst"
        path.write_bytes(b"x" * 1000)
        os.utime(path, (1_700_000_000 + age * 86_400,) * 2)
    (tmp_path / "host.20260101T000000Z.tar.zst.txt").write_text("notes")
    return tmp_path


def left(directory):
    return sorted(path.name.removesuffix(".tar.zst") for path in directory.iterdir())


def test_the_oldest_go_until_there_is_room_for_another_part(files):
    removed = prune(str(files / "host.tar.zst"), Keep(size_bytes=3200))

    assert [Path(path).name for path in removed] == [f"{name}.tar.zst" for name in NAMES[:2]]
    assert set(left(files)) >= {"host", "host.2026", "ghost.20260101T000000Z", *NAMES[2:]}


def test_room_for_a_file_of_a_known_size_is_made(files):
    assert len(prune(str(files / "host.tar.zst"), Keep(size_bytes=4000), room_bytes=2500)) == 3
    assert len(prune(str(files / "host.tar.zst"), Keep(size_bytes=4000), room_bytes=3000)) == 0


def test_what_is_too_old_goes(files, monkeypatch):
    monkeypatch.setattr(rotation.time, "time", lambda: 1_700_000_000 + 3.5 * 86_400)

    prune(str(files / "host.tar.zst"), Keep(age_s=2 * 86_400))

    assert set(left(files)) & set(NAMES) == set(NAMES[2:])


def test_without_a_limit_nothing_goes(files):
    before = left(files)

    assert prune(str(files / "host.tar.zst"), Keep()) == []
    assert left(files) == before


def test_a_name_in_the_directory_one_is_in_works_as_well(files, monkeypatch):
    monkeypatch.chdir(files)

    assert prune("host.tar.zst", Keep(size_bytes=2**20)) == []
    assert len(prune("host.tar.zst", Keep(size_bytes=8))) == 4


def test_two_files_that_begin_in_one_second_have_two_names(tmp_path):
    first = stamped(str(tmp_path / "host.tar.zst"))
    Path(first).write_text("x")
    second = stamped(str(tmp_path / "host.tar.zst"))

    assert first != second
    assert first.endswith("Z.tar.zst")
    assert len(prune(str(tmp_path / "host.tar.zst"), Keep(size_bytes=0))) == 1


def test_the_event_stands_in_the_name(tmp_path):
    name = stamped(str(tmp_path / "flight.tar.zst"), word="oom")

    assert name.startswith(str(tmp_path / "flight.2"))
    assert name.endswith("Z.oom.tar.zst")


@pytest.mark.parametrize(
    ("keep", "size_bytes", "age_s", "is_over"),
    [
        (Keep(), 10**12, 10**9, False),
        (Keep(age_s=9e9), 10**12, 86_399, False),
        (Keep(age_s=9e9), 1, 86_400, True),
        (Keep(size_bytes=8 << 20), (1 << 20) - 65_537, 1, False),
        (Keep(size_bytes=8 << 20), (1 << 20) - 65_536, 1, True),
        (Keep(size_bytes=8 << 20), 1, 86_400, True),
    ],
)
def test_a_file_is_over_after_a_day_or_shortly_before_an_eighth(keep, size_bytes, age_s, is_over):
    assert keep.is_over(size_bytes, age_s) is is_over
