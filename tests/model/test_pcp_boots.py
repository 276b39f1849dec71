"""One boot from what tells it: its time, the uptime, or counters that fall."""

from vmadvisor.model.pcp_boots import PcpBoots
from vmadvisor.sources.pcp_record import PcpRecord

START = 1_795_769_400.0


def boots_of(*told):
    """Boot ids of records a minute apart, each of a time of boot, an uptime and counters."""
    boots = PcpBoots()
    found = []
    for number, values in enumerate(told):
        record = PcpRecord(time_utc_s=START + 60 * number, values=values)
        counters = {name: n for name, n in values.items() if not name.startswith("kernel.")}
        found.append(boots.boot_id(record, counters))
    return found


def test_a_boot_is_named_by_its_time_and_slewing_does_not_part_it():
    told = [{"kernel.all.boottime": int(START) - 5_000 + one} for one in (0, 1, 3, -1, 900, 901)]

    assert boots_of(*told) == [
        "pcp, boot 2026-11-27T07:26:40Z"] * 4 + ["pcp, boot 2026-11-27T07:41:40Z"] * 2  # fmt: skip


def test_uptime_tells_a_restart_that_the_time_of_boot_told_once_does_not():
    once = {"kernel.all.boottime": int(START) - 5_000}
    told = [{**once, "kernel.all.uptime": uptime_s} for uptime_s in (5_000.4, 5_060.9, 20.0, 80.0)]

    assert boots_of(*told) == ["pcp, boot 2026-11-27T07:26:40Z"] * 2 + ["pcp, boot 2026-11-27T08:51:40Z"] * 2  # fmt: skip


def test_without_either_a_counter_that_falls_parts_boots():
    told = [{"pswpin": count} for count in (5, 7, 7, 6, 9)]

    assert boots_of(*told) == ["pcp, since 2026-11-27T08:50:00Z"] * 3 + [
        "pcp, counters anew 2026-11-27T08:53:00Z"] * 2  # fmt: skip


def test_a_counter_that_falls_unseen_for_a_while_is_remembered():
    told = [{"pswpin": 9}, {"oom_kill": 1}, {"pswpin": 2}]

    assert len(set(boots_of(*told))) == 2


def test_a_restart_that_is_not_told_while_uptime_is_missing_is_seen_by_its_counters():
    once = {"kernel.all.boottime": int(START) - 5_000}

    assert boots_of(once | {"pswpin": 9}, {"pswpin": 2}) == [
        "pcp, boot 2026-11-27T07:26:40Z", "pcp, counters anew 2026-11-27T08:51:00Z",
    ]  # fmt: skip


def test_a_time_of_boot_that_no_calendar_holds_is_a_name_all_the_same():
    assert boots_of({"kernel.all.boottime": 2**62}) == [f"pcp, boot {2**62:.6f}"]
