"""Killed in the middle of a write, or two at once: what was committed is there, and the file opens."""

import random
import subprocess
import sys

import history as bench

from vmadvisor.history.store import open_store

KILLS_COUNT = 20
"""The bench does a hundred."""


def test_no_committed_row_is_lost_to_kill_9(tmp_path):
    path, draw, committed = str(tmp_path / "history.sqlite"), random.Random(5), set()

    for turn in range(KILLS_COUNT):
        said = bench.killed_once(path, turn * 1_000, draw.uniform(0.0, 0.05))
        assert said
        committed |= said
        with open_store(path) as store:
            assert store.notes == []
            assert store.damage() == []

    with open_store(path) as store:
        kept = {point.time_utc_s for point in store.past().points}
    newest = {one for one in committed if one > max(committed) - 86_400}  # older ones are thinned
    assert newest <= kept


_APPENDING = """
import sys
from vmadvisor.history.entry import Entry
from vmadvisor.history.store import open_store
from vmadvisor.model.past import Point
first = float(sys.argv[2])
for number in range(50):
    with open_store(sys.argv[1], wait_s=30.0) as store:
        assert not store.notes, store.notes
        time_utc_s = first + number
        point = Point(time_utc_s=time_utc_s, boot_id="b", origin="check", counters={"majfault_total": 3})
        store.append(Entry(time_utc_s=time_utc_s, since_boot_s=time_utc_s, point=point))
"""


def test_two_that_make_and_write_the_file_at_once_both_do(tmp_path):
    path = str(tmp_path / "history.sqlite")
    writers = [
        subprocess.Popen([sys.executable, "-c", _APPENDING, path, first], stderr=subprocess.PIPE)
        for first in ("1000.25", "1000.75", "1001.5")
    ]

    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert (writer.returncode, errors) == (0, b"")
    with open_store(path) as store:
        assert len(store.past().points) == 150
        assert store.damage() == []
