"""cgroup.procs is text like any other: what is no pid is left out."""

from vmadvisor.collect.cgroup_scan import _pids


def test_only_what_can_be_a_pid_is_one():
    assert _pids(b"12\n" + b"9" * 5_000 + b"\n-3\nx\n34\n") == [12, 34]
