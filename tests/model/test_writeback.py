"""The rate is the devices' only while they had work at both readings."""

import pytest

from vmadvisor.model.writeback import writeback
from vmadvisor.sources.vmstat import parse

FIRST = "nr_dirty 700\nnr_writeback 50\nnr_dirty_threshold 90000\nnr_dirty_background_threshold 45000\npgpgout 10000\npswpout 100\n"
LATER = "nr_dirty 800\nnr_writeback 60\nnr_dirty_threshold 90000\nnr_dirty_background_threshold 45000\npgpgout 14000\npswpout 350\n"


def test_what_was_swapped_out_is_not_written_back(snapshot):
    now = writeback(snapshot((5.0, parse(FIRST))), snapshot((7.0, parse(LATER))), 4096)

    assert (now.dirty_pages, now.writeback_pages) == (800, 60)
    assert (now.threshold_pages, now.background_pages) == (90_000, 45_000)
    assert now.written_bytes_per_s == (4000 * 1024 - 250 * 4096) / 2
    assert now.was_busy
    assert now.drain_s == pytest.approx(90_000 * 4096 / 1_536_000)


@pytest.mark.parametrize("idle", [FIRST, LATER])
def test_devices_that_were_idle_at_a_reading_tell_no_speed(snapshot, idle):
    first = FIRST if idle == LATER else FIRST.replace("nr_writeback 50", "nr_writeback 0")
    later = LATER if idle == FIRST else LATER.replace("nr_writeback 60", "nr_writeback 0")
    now = writeback(snapshot((5.0, parse(first))), snapshot((7.0, parse(later))), 4096)

    assert not now.was_busy
    assert now.drain_s is None


def test_one_reading_tells_no_rate_and_a_counter_that_went_back_none(snapshot):
    assert writeback(None, snapshot((7.0, parse(LATER))), 4096).written_bytes_per_s is None
    back = writeback(snapshot((5.0, parse(LATER))), snapshot((7.0, parse(FIRST))), 4096)
    assert back.written_bytes_per_s is None


def test_without_thresholds_or_a_page_size_there_is_no_fact(snapshot):
    assert writeback(None, snapshot((7.0, parse("nr_dirty 3\nnr_writeback 1\n"))), 4096) is None
    assert writeback(None, snapshot((7.0, parse(LATER))), None) is None
    assert writeback(None, snapshot(), 4096) is None
