import threading
import time
from types import SimpleNamespace

from vmadvisor.recording import background
from vmadvisor.recording.background import Background


class Slow:
    """A file on a disk that hangs until it is told to go on."""

    def __init__(self):
        self.go_on = threading.Event()
        self.pieces = []
        self.syncs_count = 0
        self.is_closed = False

    def append(self, piece):
        self.go_on.wait(10)
        self.pieces.append(piece)

    def sync(self):
        self.syncs_count += 1

    def close(self):
        self.is_closed = True


def test_who_hands_a_piece_over_does_not_wait_for_the_disk():
    file = Slow()
    writer = Background(file)
    started_s = time.monotonic()
    for number in range(100):
        writer.put(b"%d" % number)
    took_s = time.monotonic() - started_s
    file.go_on.set()

    assert writer.close() is True
    assert took_s < 1
    assert file.pieces == [b"%d" % number for number in range(100)]
    assert file.is_closed


def test_a_disk_that_does_not_answer_is_given_up_at_the_end(monkeypatch):
    monkeypatch.setattr(background, "_CLOSE_S", 0.05)
    file = Slow()
    writer = Background(file)
    writer.put(b"x")

    assert writer.close() is False
    file.go_on.set()
    writer._thread.join()


def test_it_is_on_the_disk_every_few_seconds_and_not_more_often(monkeypatch):
    file = Slow()
    file.go_on.set()
    now = iter([0.0, 1.0, 4.9, 5.0, 5.0, 6.0, 9.9, 10.1, 10.1])
    monkeypatch.setattr(background, "time", SimpleNamespace(monotonic=lambda: next(now)))
    writer = Background(file)
    for _ in range(6):
        writer.put(b"x")
    writer._queue.put(None)
    writer._thread.join()

    assert file.syncs_count == 2


def test_an_empty_piece_is_none():
    file = Slow()
    file.go_on.set()
    writer = Background(file)
    writer.put(b"")
    writer.close()

    assert file.pieces == []
