"""Whether waits are counted: what the switch, the boot arguments, the version and the waits so far tell."""

import pytest

from vmadvisor.delay_scan import DelayedProcess
from vmadvisor.model.delay_accounting import Accounting, accounting, is_counted
from vmadvisor.sources import cmdline, pid_stat, sysctl_kernel, version
from vmadvisor.sources.taskstats import Delay, TaskStats

STAT = "7 (job) S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 {} 8192 321 1"
NONE = Delay(waits_total=0, waited_ns_total=0)


def process(*, waits=0, start=99):
    return DelayedProcess(
        pid_id=7,
        stat=pid_stat.parse(STAT.format(start)),
        stats=TaskStats(
            version=13, pid_id=0, freepages=NONE, thrashing=None, compact=None,
            swapin=Delay(waits_total=waits, waited_ns_total=9 * waits),
        ),
    )  # fmt: skip


def told(*, switch=None, boot="quiet", release="6.1.0", processes=(), since_s=None):
    files = {} if switch is None else {"task_delayacct": f"{switch}\n"}
    return accounting(
        sysctl_kernel.parse(files),
        cmdline.parse(boot),
        version.parse(f"Linux version {release} (a@b)"),
        processes,
        on_since_s=since_s,
    )


@pytest.mark.parametrize(
    ("facts", "is_on", "counts_all"),
    [
        ({"switch": 0}, False, False),
        ({"switch": 0, "boot": "delayacct"}, False, False),
        ({"switch": 1}, True, False),
        ({"switch": 1, "boot": "delayacct"}, True, True),
        ({}, None, False),  # 5.14+ without the switch: not built, or not readable
        ({"release": "5.10.0", "boot": "nodelayacct"}, False, False),
        ({"release": "5.10.0"}, None, False),  # CONFIG_TASK_DELAY_ACCT may not be set
        ({"release": "5.10.0", "processes": [process(waits=3)]}, True, True),
        ({"release": "4.18.0-553.el8", "processes": [process(waits=3)]}, True, True),
    ],
)
def test_the_switch_and_what_stands_for_it(facts, is_on, counts_all):
    found = told(**facts)

    assert (found.is_on, found.counts_all) == (is_on, counts_all)


def test_nothing_is_known_without_a_version():
    assert accounting(None, None, None, [process(waits=3)]).is_on is None


@pytest.mark.parametrize(
    ("accounting", "one", "wanted"),
    [
        (Accounting(is_on=False), process(waits=3), False),
        (Accounting(is_on=True, counts_all=True), process(), True),
        (Accounting(is_on=True), process(), None),
        (Accounting(is_on=True), process(waits=3), True),
        (Accounting(is_on=True, on_since_s=5.0), process(start=499), False),
        (Accounting(is_on=True, on_since_s=5.0), process(start=501), True),
        (Accounting(is_on=None), process(), None),
    ],
)
def test_of_whom_waits_are_counted(accounting, one, wanted):
    assert is_counted(one, accounting, 100) is wanted
