"""What goes, what is thinned, and what a burst leaves."""

from vmadvisor.history import before
from vmadvisor.history.entry import Entry
from vmadvisor.history.store import open_store
from vmadvisor.model.past import NodePoint, PastVerdict, Point, Said, rate_series
from vmadvisor.records import replace
from vmadvisor.snapshot import TopKills

DAY = 86_400.0
START = 1_700_006_400.0  # a whole day


def run(
    seconds,
    *,
    clock_ahead_s=0.0,
    boot_id="b",
    available=9_000,
    stalls=0,
    swappiness="60",
    likely=0.2,
):
    time_utc_s = START + seconds + clock_ahead_s
    point = Point(
        time_utc_s=time_utc_s, boot_id=boot_id, origin="sample",
        gauges={"available_bytes": available},
        counters={"allocstall_total": stalls, "oom_kill_total": 0},
        nodes=(NodePoint(node_id=0, free_bytes=1, min_bytes=2, low_bytes=3, high_bytes=4),),
        settings={"vm.swappiness": swappiness},
    )  # fmt: skip
    one = Said(
        time_utc_s=time_utc_s, event="direct_reclaim", scope="host", horizon_s=10.0,
        probability_ratio=likely, low_ratio=0.1, high_ratio=0.9, came=None,
    )  # fmt: skip
    verdict = PastVerdict(time_utc_s=time_utc_s, status="OK", finding_ids=(), headline="")
    return Entry(
        time_utc_s=time_utc_s, since_boot_s=seconds + 100.0, point=point, said=(one,), model_id="m",
        verdict=verdict,
    )  # fmt: skip


def thinned(store, seconds):
    """Appends runs until all that is due was done: where the boot's own clock is not told none is put off."""
    for step in range(80):
        store.append(replace(run(seconds + step), since_boot_s=None))


def times(found):
    return [one.time_utc_s - START for one in found]


def test_readings_that_only_told_what_came_go_first_and_what_they_told_stays(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append(run(0.0, stalls=7))
        early, late = run(9.8, stalls=8), run(10.05, stalls=8)
        for one in (early, late):
            point = replace(one.point, origin="follow")
            store.append(replace(one, point=point, said=(), verdict=None))
        thinned(store, 3 * DAY)
        past = store.past()

    assert {point.origin for point in past.points} == {"sample"}
    assert times(past.points)[0] == 0.0
    assert next(one.came for one in past.said) is True


def test_what_is_older_than_asked_goes_with_all_that_hangs_on_it(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append(run(0.0), keep_s=3 * DAY)
        store.append(run(2 * DAY))
        store.append(
            run(4 * DAY)
        )  # a later run that was told nothing keeps what the first was told

        past = store.past()
        nodes = store._connection.execute("SELECT count(*) FROM nodes").fetchone()

    assert times(past.points) == times(past.said) == times(past.verdicts) == [2 * DAY, 4 * DAY]
    assert nodes == (2,)


def test_by_default_ninety_days_are_kept(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as store:
        for days in (0, 2, 89, 91):
            store.append(run(days * DAY))

        kept = times(store.past().points)

    assert kept == [2 * DAY, 89 * DAY, 91 * DAY]


def test_a_short_burst_keeps_its_height_and_its_least_memory(tmp_path):
    """An hour of readings a minute apart, two weeks ago, of which one minute had 600 stalls."""
    with open_store(str(tmp_path / "h.sqlite")) as store:
        stalls = 0
        for minute in range(60):
            stalls += 600 if minute == 31 else 1 if minute > 1 else 0
            available = 70 if minute == 44 else 9_000 + minute
            store.append(run(60.0 * minute, available=available, stalls=stalls))
        thinned(store, 15 * DAY)
        points = [p for p in store.past().points if p.time_utc_s < START + DAY]

        assert times(points) == [1800.0, 1860.0, 2640.0, 3540.0]
        assert max(rate for _, rate in rate_series(points, "allocstall_per_s")) == 10.0
        assert min(point.gauges["available_bytes"] for point in points) == 70
        assert points[-1].counters["allocstall_total"] == 657


def test_both_sides_of_a_reboot_and_of_a_changed_setting_stay(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as store:
        for minute in range(60):
            store.append(
                run(
                    60.0 * minute,
                    available=9_000 + minute,
                    swappiness="60" if minute < 20 else "10",
                )
            )
        thinned(store, 15 * DAY)
        past = store.past(until_utc_s=START + DAY)

    assert times(past.points) == [0.0, 1140.0, 1200.0, 3540.0]
    assert times(past.changes) == [1200.0]


def test_forecasts_are_thinned_by_time_alone_whatever_they_said(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as store:
        for minute in range(12):
            store.append(run(60.0 * minute, likely=0.99 if minute == 3 else 0.1))
        thinned(store, 4 * DAY)
        said = store.past(until_utc_s=START + DAY).said

    assert times(said) == [0.0, 300.0, 600.0]


def test_a_clock_that_leaps_ahead_takes_nothing_with_it(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append(run(0.0))
        store.append(run(300.0, clock_ahead_s=3_650 * DAY))
        store.append(run(600.0, clock_ahead_s=3_650 * DAY))
        store.append(run(900.0))

        kept = times(store.past().points)

    assert kept == [0.0, 900.0, 3_650 * DAY + 300, 3_650 * DAY + 600]


def sar(seconds, boot_id="sar", **rates):
    gauges = {"available_bytes": 9_000 + seconds}
    return Point(
        time_utc_s=START + seconds, boot_id=boot_id, origin="sar", gauges=gauges, rates=rates
    )


def test_of_means_the_highest_of_each_stays(tmp_path):
    """In one stretch of five minutes: least available, most scanned by tasks, most stalled, the last."""
    points = [
        sar(0.0, scan_direct_pages_per_s=1.0, memory_full_ratio=0.1),
        sar(60.0, scan_direct_pages_per_s=7.0, memory_full_ratio=0.1),
        sar(120.0, scan_direct_pages_per_s=1.0, memory_full_ratio=0.5),
        sar(180.0, scan_direct_pages_per_s=1.0, memory_full_ratio=0.2),
        sar(240.0, scan_direct_pages_per_s=0.0, memory_full_ratio=0.0),
    ]
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append_points(points)
        thinned(store, 3 * DAY)

        kept = [one for one in store.past().points if one.origin == "sar"]

    assert times(kept) == [0.0, 60.0, 120.0, 240.0]


def test_points_of_two_programs_are_thinned_apart(tmp_path):
    """Each is of another boot to the other, and none would ever go."""
    with open_store(str(tmp_path / "h.sqlite")) as store:
        for step in range(5):
            store.append(run(60.0 * step, stalls=3))
        store.append_points([sar(60.0 * step + 30.0) for step in range(5)])
        thinned(store, 3 * DAY)

        kept = [one for one in store.past().points if one.time_utc_s < START + 300.0]

    assert [(one.origin, one.time_utc_s - START) for one in kept] == [
        ("sample", 0.0), ("sar", 30.0), ("sample", 240.0), ("sar", 270.0),
    ]  # fmt: skip


def test_what_was_thinned_out_is_not_imported_again_and_what_is_new_is_thinned_too(tmp_path):
    first = [sar(60.0 * step) for step in range(5)]
    late = [sar(60.0 * step + 600.0) for step in range(5)]
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append(run(0.0))
        store.append_points(first)
        thinned(store, 3 * DAY)
        left = [one for one in times(store.past().points) if one < 900.0]

        assert store.append_points(first) == 0
        assert [one for one in times(store.past().points) if one < 900.0] == left
        assert store.append_points(late) == 5
        thinned(store, 3 * DAY + 100)

        assert [one for one in times(store.past().points) if one < 900.0] == [*left, 600.0, 840.0]
    assert left == [0.0, 0.0, 240.0]


def test_a_clock_that_begins_in_1970_at_each_boot_does_not_keep_old_points_for_ever(tmp_path):
    """No battery behind it: the first run after a boot comes before the network has set the clock."""
    with open_store(str(tmp_path / "h.sqlite")) as store:
        for day in range(0, 200, 5):
            boot, seconds = f"boot {day}", day * DAY
            for own_s, ahead_s in ((100.0, -START - seconds), (400.0, 0.0), (86_000.0, 0.0)):
                one = run(seconds + own_s, clock_ahead_s=ahead_s, boot_id=boot)
                store.append(replace(one, since_boot_s=own_s))
        kept = [time_s for time_s in times(store.past().points) if time_s > -START + DAY]

    assert kept[0] == 105 * DAY + 86_000.0
    assert kept[-1] == 195 * DAY + 86_000.0


def test_a_clock_that_lies_behind_for_a_while_does_not_keep_old_points_for_ever(tmp_path):
    """Two years behind after each boot, as firmware has it; never up for a day."""
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append(replace(run(0.0), since_boot_s=50.0))
        for day in range(5, 200, 5):
            for own_s, behind_s in ((100.0, 730 * DAY), (400.0, 0.0)):
                one = run(day * DAY + own_s, clock_ahead_s=-behind_s, boot_id=f"boot {day}")
                store.append(replace(one, since_boot_s=own_s))
        kept = [time_s for time_s in times(store.past().points) if time_s > 0]

    assert kept == [day * DAY + 400.0 for day in range(105, 200, 5)]


def test_a_clock_that_was_wrong_at_the_first_run_is_believed_once_it_has_been_steady_for_a_day(
    tmp_path,
):
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append(run(0.0, clock_ahead_s=-730 * DAY))
        for day in range(1, 100, 3):
            store.append(run(day * DAY))

        kept = times(store.past().points)

    assert kept == [day * DAY for day in range(7, 100, 3)]


def test_the_upkeep_waits_an_hour_of_both_clocks_unless_it_is_told_something_new(tmp_path):
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append(run(0.0))
        store.append(run(5 * DAY, boot_id="c"))
        soon = run(5 * DAY + 3599.0, boot_id="c")

        def due(entry, keep_s=None):
            return before.is_upkeep_due(store._connection, entry, keep_s=keep_s)

        assert not due(soon)
        assert due(run(5 * DAY + 3600.0, boot_id="c"))
        assert due(soon, keep_s=7 * DAY)
        assert due(run(5 * DAY + 60.0, clock_ahead_s=61.0))
        assert due(run(5 * DAY + 60.0, clock_ahead_s=-61.0))
        assert due(replace(soon, since_boot_s=3.0))
        assert due(replace(soon, since_boot_s=None))
        store.append(soon, keep_s=7 * DAY)
        assert not due(soon, keep_s=7 * DAY)


def test_time_that_holds_nothing_puts_no_thinning_off(tmp_path):
    """After an old archive's import, or a host that was off: fifty stretches are four hours."""
    crowd = [run(100 * DAY + 60.0 * step) for step in range(5)]
    with open_store(str(tmp_path / "h.sqlite")) as store:
        store.append(run(0.0), keep_s=365 * DAY)
        for one in crowd:
            store.append(one)
        store.append(run(103 * DAY))
        past = store.past()

    assert times(past.points) == [0.0, 100 * DAY, 100 * DAY + 240.0, 103 * DAY]
    assert times(past.said) == [0.0, 100 * DAY, 103 * DAY]


def test_groups_kills_go_with_the_points_that_named_them(tmp_path):
    def killed(seconds, kills):
        one = run(seconds)
        point = replace(
            one.point,
            counters={"oom_kill_total": kills},
            top_kills=TopKills(kills_total=kills, mark="m", counts={"/batch": (kills, kills)}),
        )
        return replace(one, point=point)

    with open_store(str(tmp_path / "h.sqlite")) as store:
        for kills in range(1, 251):
            store.append(killed(float(kills), kills))
        store.append(killed(3 * DAY, 251))
        (left,) = store._connection.execute("SELECT count(*) FROM top_kills").fetchone()
        points = store.past().points

    assert left == len(points) < 10
    assert points[-1].top_kills.counts == {"/batch": (251, 251)}
