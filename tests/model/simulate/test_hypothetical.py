"""Samples under other marks: the present ones leave them as they are."""

from pathlib import Path

import pytest

from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.simulate.hypothetical import track_under
from vmadvisor.model.simulate.machine import machine_of
from vmadvisor.model.simulate.observed import observed
from vmadvisor.records import replace

PATH = Path(__file__).resolve().parents[3] / "fixtures" / "tracks" / "thrash" / "recording.tar.zst"


@pytest.fixture(scope="module")
def seen():
    snapshots = list(walk(PATH))[:4]
    return [observed(one) for one in snapshots], machine_of(snapshots[-1])


def with_marks(machine, **pages):
    changed = [
        replace(node, **{name: getattr(node, name) + more for name, more in pages.items()})
        for node in machine.nodes
    ]
    return replace(machine, nodes=tuple(changed))


def test_under_the_present_marks_the_samples_are_as_they_were(seen):
    moments, machine = seen

    assert list(track_under(moments, machine, machine)) == [one.sample for one in moments]


def test_other_marks_shift_the_distances_by_their_difference(seen):
    moments, machine = seen
    other = with_marks(machine, low_pages=40, high_pages=70)
    [node] = moments[-1].sample.nodes
    [then] = track_under(moments, other, machine).last.nodes

    assert then.gap_pages == node.gap_pages + 40
    assert then.high_pages == node.high_pages + 70
    assert then.slack_pages <= node.slack_pages
    assert (then.free_pages, then.min_pages) == (node.free_pages, node.min_pages)


def test_without_the_present_marks_distances_are_those_of_whole_nodes(seen):
    moments, machine = seen
    [node] = moments[-1].sample.nodes
    [then] = track_under(moments, machine, None).last.nodes

    assert then.gap_pages == machine.nodes[0].low_pages - machine.nodes[0].min_pages
    assert then.managed_pages == node.managed_pages
