import errno

import pytest

from vmadvisor.recording.group_walker import Groups
from vmadvisor.recording.sampler import Plan, Sampler

PLAN = Plan(interval_s=1.0, processes_every_s=5.0, top_count=4, cgroups=True)


class Clock:
    """The tree's clock, set by the test."""

    def __init__(self, tree):
        self._tree = tree
        self.now = 100.0

    def __getattr__(self, name):
        return getattr(self._tree, name)

    def now_s(self):
        return self.now


class Walker:
    """A child that answers when the test wants it to."""

    def __init__(self):
        self.asked = []
        self.answer = None
        self.is_waiting = False

    def ask(self, started):
        self.asked.append(started)

    def started_of(self, pid):
        return {"42": b"99", "1": b"5"}.get(pid)

    def take(self):
        answer, self.answer = self.answer, None
        return answer


@pytest.fixture
def clock(tree):
    return Clock(tree)


def paths(ticks):
    return [path for tick in ticks for path, _ in tick.files]


def test_the_first_tick_holds_everything_raw(clock, host, host_files):
    (tick,) = Sampler(clock, PLAN, None).sample(settings=True, processes=True)

    files = dict(tick.files)
    assert tick.time_s == 100.0
    expected = {path for path in host_files if not path.startswith("sys/fs/cgroup")}
    assert expected <= files.keys()
    counts = files.pop("meta/processes.json")
    assert counts == b'{"seen_count": 4, "with_memory_count": 2, "top_count": 4}\n'
    assert all(files[path] == (host / path).read_bytes() for path in files)


def test_later_ticks_hold_what_rates_are_made_of(clock):
    sampler = Sampler(clock, PLAN, None)
    sampler.sample(settings=True, processes=True)
    clock.now = 101.0

    assert paths(sampler.sample()) == [
        "proc/meminfo",
        "proc/vmstat",
        "proc/zoneinfo",
        "proc/pressure/memory",
        "proc/pressure/io",
        "proc/pressure/cpu",
        "proc/stat",
    ]


def test_processes_come_when_they_are_due_or_asked_for(clock):
    sampler = Sampler(clock, PLAN, None)
    sampler.sample(settings=True, processes=True)
    seen = []
    for clock.now in (101.0, 104.0, 104.9995, 106.0, 109.99, 110.1):
        seen.append("proc/42/stat" in paths(sampler.sample(processes=clock.now == 106.0)))

    assert seen == [False, False, True, True, False, False]


def test_a_tick_never_ends_with_a_process(clock):
    """The reader would take the scan for one that was cut off."""
    for ticks in [Sampler(clock, PLAN, None).sample(settings=True, processes=True)]:
        assert not paths(ticks)[-1].startswith("proc/4")
        assert paths(ticks)[0] == "meta/processes.json"
        assert paths(ticks)[1].startswith("proc/1/")


def test_settings_come_again_when_one_has_changed(clock, host):
    sampler = Sampler(clock, PLAN, None)
    sampler.sample(settings=True, processes=True)
    (host / "proc/sys/vm/swappiness").write_text("10\n")
    clock.now = 130.0
    early = paths(sampler.sample())
    clock.now = 161.0
    late = list(sampler.sample())

    assert "proc/sys/vm/swappiness" not in early
    assert [p for p in paths(late) if p.startswith("proc/sys")] == ["proc/sys/vm/swappiness"]
    assert dict(late[0].files)["proc/sys/vm/swappiness"] == b"10\n"


def test_a_file_that_is_not_there_is_named_and_not_asked_for_again(clock, host, put):
    (host / "proc/pressure/io").unlink()
    sampler = Sampler(clock, PLAN, None)
    sampler.sample(settings=True, processes=True)
    put(host, {"proc/pressure/io": "back\n"})

    assert sampler.gaps["proc/pressure/io"] == "no such file"
    assert "proc/pressure/io" not in paths(sampler.sample())
    assert "proc/pressure/io" in paths(sampler.sample(settings=True))
    assert "proc/pressure/io" not in sampler.gaps


def test_a_read_that_fails_in_a_stall_is_tried_again(clock, monkeypatch):
    whole = type(clock._tree).read

    def fails(self, path):
        if path == "proc/vmstat":
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        return whole(self, path)

    sampler = Sampler(clock, PLAN, None)
    sampler.sample(settings=True)
    with monkeypatch.context() as patch:
        patch.setattr(type(clock._tree), "read", fails)
        assert "proc/vmstat" not in paths(sampler.sample())

    assert "proc/vmstat" in paths(sampler.sample())
    assert sampler.gaps["proc/vmstat"] == "cannot allocate memory"


def test_groups_are_a_tick_of_their_own_time_and_processes_learn_theirs(clock):
    walker = Walker()
    sampler = Sampler(clock, PLAN, walker)
    sampler.sample(settings=True, processes=True)
    walker.answer = Groups(
        100.4,
        {"sys/fs/cgroup/db.slice/memory.max": b"82000\n"},
        {"42": b"0::/db.slice\n", "1": b"0::/init.scope\n"},
        {"sys/fs/cgroup/x/memory.max": "permission denied"},
    )
    clock.now = 105.0

    groups, tick = sampler.sample()

    assert groups == (100.4, [("sys/fs/cgroup/db.slice/memory.max", b"82000\n")])
    assert dict(tick.files)["proc/42/cgroup"] == b"0::/db.slice\n"
    # 1 has another start time than the one that was asked for: the number was given anew.
    assert "proc/1/cgroup" not in dict(tick.files)
    assert walker.asked[1].keys() == {"1", "42", "57"}
    assert sampler.gaps["sys/fs/cgroup/x/memory.max"] == "permission denied"


def test_groups_that_do_not_answer_are_said(clock):
    walker = Walker()
    walker.is_waiting = True
    sampler = Sampler(clock, PLAN, walker)
    sampler.sample(settings=True, processes=True)

    assert sampler.gaps["sys/fs/cgroup"].startswith("did not answer")


def test_scans_that_cost_much_become_rarer(clock, monkeypatch):
    cpu = iter([0.0, 0.1, 0.2, 0.3])
    monkeypatch.setattr("vmadvisor.recording.sampler.time.thread_time", lambda: next(cpu))
    sampler = Sampler(clock, PLAN, None)
    sampler.sample(settings=True, processes=True)
    seen = []
    for clock.now in (106.0, 119.0, 120.5):
        seen.append("proc/42/stat" in paths(sampler.sample()))

    assert seen == [False, False, True]
