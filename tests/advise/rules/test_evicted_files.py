"""Waiting for the disk is a shortage of memory only where what is read was evicted before."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.evicted_files import RULE


@pytest.fixture
def host(quiet):
    """100 pages of 4 KiB read a second, so many of them refaults, and so much time lost to IO."""

    def build(refaults, io_full=0.77, **activity):
        return quiet.facts(
            replace(
                quiet.ACTIVITY,
                refault_file_pages_per_s=refaults,
                pgpgin_kib_per_s=400.0,
                **activity,
            ),
            replace(quiet.STALL, io_full_ratio=io_full),
        )

    return build


@pytest.mark.parametrize(
    ("refaults", "io_full", "expected"),
    [
        (50.0, 0.4, [("WARNING", "host")]),
        (49.0, 0.4, []),
        (50.0, 0.39, []),
        (0.0, 0.9, []),
    ],
)
def test_most_reads_must_be_refaults_and_most_must_wait(host, said, refaults, io_full, expected):
    assert said(RULE, host(refaults, io_full)) == expected


def test_the_share_of_refaults_is_told_and_never_above_one(host):
    [finding] = RULE.check(host(300.0))

    assert {item.name: item.value for item in finding.evidence}["refaults_of_reads"] == 1.0


def test_reading_nothing_is_not_waiting_for_evicted_pages(quiet, said):
    idle = replace(quiet.ACTIVITY, refault_file_pages_per_s=0.0, pgpgin_kib_per_s=0.0)

    assert said(RULE, quiet.facts(idle, replace(quiet.STALL, io_full_ratio=0.88))) == []


def test_what_is_not_counted_is_named(quiet):
    unknown = replace(quiet.ACTIVITY, refault_file_pages_per_s=None, pgpgin_kib_per_s=None)
    no_io = replace(quiet.STALL, io_full_ratio=None)
    since_boot = replace(quiet.ACTIVITY, is_since_boot=True)

    assert RULE.lacks(quiet.facts(unknown, no_io)) == (
        "/proc/pressure/io", "/proc/vmstat workingset_refault_file", "/proc/vmstat pgpgin",
    )  # fmt: skip
    assert RULE.lacks(quiet.facts(since_boot)) == ("two readings of /proc/vmstat",)
