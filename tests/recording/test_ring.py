import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.recording.ring import Ring


def frames(ring):
    found, sequence_id = [], 0
    while (frame := ring.after(sequence_id)) is not None:
        found.append(frame.data)
        sequence_id = frame.sequence_id
    return found


@given(
    size_bytes=st.integers(1, 60),
    sizes=st.lists(st.integers(1, 40), max_size=60),
)
def test_the_newest_frames_are_there_whole_and_all_together_never_exceed_the_size(
    size_bytes, sizes
):
    ring = Ring(size_bytes)
    kept = []
    for number, size in enumerate(sizes):
        data = bytes([number]) * size
        assert ring.append(data, first_s=number, last_s=number + 0.5) is (size <= size_bytes)
        kept += [data] if size <= size_bytes else []
        found = frames(ring)
        assert kept[len(kept) - len(found) :] == found
        assert sum(map(len, found)) <= size_bytes
        assert ring.size_bytes == size_bytes
        assert found or not kept
        # At most one frame's worth is lost at the end of the memory, and one is being replaced.
        assert sum(map(len, found)) >= min(sum(map(len, kept)), size_bytes - 2 * 40)


def test_a_follower_sees_by_the_numbers_what_it_missed():
    ring = Ring(10)
    ring.append(b"aaaa", first_s=1.0, last_s=2.0)
    first = ring.after(0)
    for data in (b"bbbb", b"cccc", b"dddd"):
        ring.append(data, first_s=3.0, last_s=4.0)

    assert (first.sequence_id, ring.after(first.sequence_id).sequence_id) == (1, 3)
    assert ring.last_sequence_id == 4
    assert ring.after(4) is None


def test_what_is_older_than_wanted_is_forgotten():
    ring = Ring(100)
    for number in range(5):
        ring.append(b"x", first_s=number, last_s=number + 0.9)
    ring.drop_before(2.5)

    assert ring.frames_count == 3
    assert ring.span_s() == pytest.approx(2.9)
    assert Ring(5).span_s() == 0.0


def test_it_can_be_followed_while_it_is_filled():
    """Every frame that comes out is whole: its bytes are all the same."""
    ring = Ring(5000)
    is_over = threading.Event()
    broken = []

    def follow():
        sequence_id = 0
        while not is_over.is_set():
            frame = ring.after(sequence_id)
            if frame is not None:
                sequence_id = frame.sequence_id
                if set(frame.data) != {sequence_id % 251}:
                    broken.append(sequence_id)

    thread = threading.Thread(target=follow)
    thread.start()
    for number in range(1, 5000):
        ring.append(bytes([number % 251]) * (number % 700 + 1), first_s=number, last_s=number)
    is_over.set()
    thread.join()

    assert broken == []
