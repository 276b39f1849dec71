"""What did not change is said of the time that was recorded, and of no other."""

from vmadvisor.model.past import Past, Point
from vmadvisor.render.page_changes import changes

START = 1_795_766_400.0


def ours(seconds, kills=7):
    return Point(
        time_utc_s=START + seconds, boot_id="b", origin="check", counters={"oom_kill_total": kills},
        settings={"vm.swappiness": "60"},
    )  # fmt: skip


def sar(seconds):
    return Point(
        time_utc_s=START + seconds, boot_id="s", origin="sar", rates={"majfault_per_s": 3.0}
    )


def said(*points):
    return list(changes(None, Past(hostname="db1", points=points)))[1:]


def test_of_a_period_that_was_all_recorded_nothing_more_is_said():
    assert said(ours(0), ours(60), ours(120)) == [
        "No vm.* setting changed.", "The OOM killer did not strike.",
    ]  # fmt: skip


def test_of_a_period_that_was_recorded_in_part_that_part_is_named():
    part = (
        " from 2026-11-27 09:00 to 2026-11-27 10:00; for the rest of the time it was not recorded."
    )

    assert said(sar(0), sar(600), ours(3600), ours(7200)) == [
        f"No vm.* setting changed{part}", f"The OOM killer did not strike{part}",
    ]  # fmt: skip


def test_one_reading_among_those_of_others_tells_of_no_change():
    assert said(sar(0), sar(600), ours(1200)) == [
        "Settings were not recorded: whether one changed cannot be told.",
        "The kernel's count of OOM kills is not known for this period.",
    ]
