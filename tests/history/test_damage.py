"""A history that cannot be used never stands in the way, is never lost silently, and nobody else's file is touched."""

import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from vmadvisor.errors import StateError
from vmadvisor.history import connection, place, schema
from vmadvisor.history.entry import Entry
from vmadvisor.history.place import DAMAGED_MAX_COUNT
from vmadvisor.history.store import append_to, open_store
from vmadvisor.model.past import Point


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.sqlite"


def points(count, first=0):
    return [
        Point(
            time_utc_s=1_700_000_000.0 + first + number, boot_id="b", origin="check",
            gauges={"available_bytes": 7_000_000_000 + number},
        )
        for number in range(count)
    ]  # fmt: skip


def filled(path, count=3):
    with open_store(str(path)) as store:
        store.append_points(points(count))


def of_middle(path):
    """Page 3 on are tables; every byte of them turned over."""
    data = bytearray(path.read_bytes())
    data[8192:] = bytes(byte ^ 0xFF for byte in data[8192:])
    path.write_bytes(data)


DAMAGE = {
    "random bytes": lambda path: path.write_bytes(bytes(range(7, 200)) * 99),
    "cut in the middle": lambda path: os.truncate(path, path.stat().st_size // 2),
    "cut within the header": lambda path: os.truncate(path, 60),
    "tables overwritten": of_middle,
    "no tables": lambda path: path.write_bytes(path.read_bytes()[:4096]),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_set_aside_under_a_dated_name_and_said(path, damage):
    filled(path, count=300)
    damage(path)
    before = path.read_bytes()

    notes = append_to(str(path), Entry(time_utc_s=1_700_009_000.0, point=points(1, first=9_000)[0]))

    asides = [one for one in path.parent.iterdir() if ".damaged-20" in one.name]
    assert [one.name.count("T") for one in asides] == [1]
    assert asides[0].read_bytes()[:50] == before[:50]
    assert [asides[0].name in note for note in notes] == [True]
    with open_store(str(path)) as store:
        assert [point.time_utc_s for point in store.past().points] == [1_700_009_000.0]
        assert [reason for _, reason in store.gaps()] == notes


def test_a_history_that_begins_anew_says_so_in_itself(path):
    path.write_bytes(b"x" * 5_000)

    with open_store(str(path)) as store:
        [note] = store.notes
        [(_, reason)] = store.gaps()

    assert "damaged" in note
    assert "history.sqlite.damaged-20" in note
    assert reason == note


def test_too_many_damaged_files_are_a_persons_matter(path):
    for number in range(DAMAGED_MAX_COUNT):
        path.with_name(f"history.sqlite.damaged-2026112{number}T040506Z").write_bytes(b"x")
    path.write_bytes(b"x" * 5_000)

    with pytest.raises(StateError, match="as 5 before it; remove those"):
        open_store(str(path))

    assert path.read_bytes() == b"x" * 5_000


def test_a_file_of_another_name_and_content_is_left_alone(tmp_path):
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" * 300)

    with pytest.raises(StateError, match="no history of vmadvisor; it is left alone"):
        open_store(str(hosts))

    assert hosts.read_text() == "127.0.0.1 localhost\n" * 300
    assert list(tmp_path.iterdir()) == [hosts]


def test_another_programs_database_is_left_alone(path):
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()

    with pytest.raises(StateError, match="no history of vmadvisor; it is left alone"):
        open_store(str(path))

    assert path.read_bytes() == before


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
def test_links_pipes_and_directories_are_left_alone(path, tmp_path, end):
    target = Path(f"{path}{end}")
    for make in (
        lambda: target.symlink_to(tmp_path / "elsewhere"),
        lambda: os.mkfifo(target),
        target.mkdir,
    ):
        make()
        with pytest.raises(StateError, match="no regular file; it is left alone"):
            open_store(str(path))
        assert not (tmp_path / "elsewhere").exists()
        target.rmdir() if target.is_dir() and not target.is_symlink() else target.unlink()


def test_another_users_file_is_not_written(path, monkeypatch):
    filled(path)
    monkeypatch.setattr(place.os, "geteuid", lambda: 54_321)

    with pytest.raises(StateError, match="belongs to another user"):
        open_store(str(path))
    with open_store(str(path), is_readonly=True) as store:
        assert len(store.past().points) == 3


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
@pytest.mark.parametrize(("mode", "owner"), [(0o777, 0), (0o755, 54_321), (0o1777, 54_321)])
def test_root_keeps_nothing_where_another_user_can_put_a_link(path, mode, owner):
    """A link could be put in the file's place between the look and SQLite's own open, which follows it."""
    filled(path)
    before = path.read_bytes()
    path.parent.chmod(mode)
    os.chown(path.parent, owner, -1)

    with pytest.raises(StateError, match="another user can write there"):
        open_store(str(path))
    with open_store(str(path), is_readonly=True) as store:
        assert len(store.past().points) == 3
    assert path.read_bytes() == before


def test_a_link_that_appears_at_the_last_moment_is_not_followed(path, tmp_path, monkeypatch):
    """In a directory such as /tmp, where anybody can make a new name."""
    look = place.identity

    def late(name, *, to_write):
        found = look(name, to_write=to_write)
        if not path.is_symlink():
            path.symlink_to(tmp_path / "elsewhere")
        return found

    monkeypatch.setattr(place, "identity", late)

    with pytest.raises(StateError, match="no regular file; it is left alone"):
        open_store(str(path))
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_place_without_permission_is_said(path):
    path.parent.chmod(0o500)
    try:
        with pytest.raises(StateError, match="cannot be opened"):
            open_store(str(path))
    finally:
        path.parent.chmod(0o700)


def test_a_path_that_is_none_is_said():
    with pytest.raises(StateError, match="no path"):
        open_store("nul\0")
    with pytest.raises(StateError, match="no such file"):
        open_store("/proc/self/no/such/place/history.sqlite")


def test_a_later_version_is_left_alone_and_said(path):
    filled(path)
    with sqlite3.connect(path) as later:
        later.execute("PRAGMA user_version = 97")
    later.close()
    before = path.read_bytes()

    with pytest.raises(StateError, match="of version 97, this program knows 2; it is left alone"):
        open_store(str(path))

    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == ["history.sqlite"]


def test_an_older_version_is_brought_up_and_keeps_its_rows(path, monkeypatch):
    filled(path)
    added = "ALTER TABLE points ADD COLUMN shoes; CREATE TABLE later (x)"
    monkeypatch.setattr(connection, "MIGRATIONS", (*schema.MIGRATIONS, added))

    with pytest.raises(StateError, match="of version 2; the next check brings it up"):
        open_store(str(path), is_readonly=True)
    with open_store(str(path)) as store:
        assert len(store.past().points) == 3

    with sqlite3.connect(path) as seen:
        assert seen.execute("PRAGMA user_version").fetchone() == (3,)
        assert seen.execute("SELECT count(*) FROM later").fetchone() == (0,)
    seen.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(path, monkeypatch):
    filled(path)
    broken = "CREATE TABLE later (x); CREATE TABLE points (x)"
    monkeypatch.setattr(connection, "MIGRATIONS", (*schema.MIGRATIONS, broken))

    with pytest.raises(StateError, match="table points already exists"):
        open_store(str(path))

    with sqlite3.connect(path) as seen:
        assert seen.execute("PRAGMA user_version").fetchone() == (2,)
    seen.close()


def test_a_full_disk_is_said_and_loses_nothing_committed(path):
    """SQLite's own limit: to it a full disk looks the same."""
    with open_store(str(path)) as store:
        store.append_points(points(3))
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StateError, match="the disk is full"):
            store.append_points(points(20_000, first=100))
        assert len(store.past().points) == 3

    with open_store(str(path)) as store:
        assert store.append_points(points(1, first=100)) == 1
        assert store.damage() == []


_LIMITED = """
import resource, signal, sys
from vmadvisor.errors import StateError
from vmadvisor.history.store import append_to, open_store
from vmadvisor.model.past import Point
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    with open_store(sys.argv[1]) as store:
        for number in range(100_000):
            store.append_points([Point(time_utc_s=2e9 + number, boot_id=None, origin="check")])
except StateError as error:
    print(error)
"""


def test_a_write_that_the_system_refuses_is_said_and_the_file_stays_whole(path):
    filled(path)

    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(path)], capture_output=True, text=True, check=True
    )

    assert "the disk" in done.stdout
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 300_000
    with open_store(str(path)) as store:
        assert store.damage() == []
        kept = [point.time_utc_s for point in store.past().points]
    assert kept[:3] == [1_700_000_000.0, 1_700_000_001.0, 1_700_000_002.0]
    assert kept[3:] == [2e9 + number for number in range(len(kept) - 3)]


def test_a_file_that_another_writes_is_said_after_a_short_wait(path):
    filled(path)
    with (
        open_store(str(path)) as first,
        open_store(str(path), wait_s=0.05) as second,
        connection.transaction(first._connection),
    ):
        with pytest.raises(StateError, match="another process is writing it"):
            second.append(Entry(time_utc_s=5.0, point=points(1)[0]))
        assert len(second.past().points) == 3
