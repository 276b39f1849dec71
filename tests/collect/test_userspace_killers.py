"""Killers in userspace, found by name; their settings from files and from what oomctl says."""

import os

import pytest

from vmadvisor.collect import userspace_killers as module
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.oomd_walk import candidates, groups_of
from vmadvisor.collect.userspace_killers import userspace_killers
from vmadvisor.errors import RootError
from vmadvisor.snapshot import Process, ProcessScan
from vmadvisor.sources import pid_stat

STAT = "7 ({}) S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 99 8192 321 1"
OOMCTL = "Swap Monitored CGroups:\n\tPath: /\nMemory Pressure Monitored CGroups:\n"


def running(*names):
    details = {
        pid: Process(
            pid_id=pid, stat=pid_stat.parse(STAT.format(name)), status=None, statm=None,
            oom_score=None, oom_score_adj=None, cgroup_path=None,
        )
        for pid, name in enumerate(names, 10)
    }  # fmt: skip
    return ProcessScan(
        time_s=1.0, age_s=0.0, seen_count=len(details), vanished_count=0, unread_count=0,
        is_complete=True, sees_kernel_threads=True, rss_pages={}, details=details,
    )  # fmt: skip


def group(path, *, current=7, swap=3, pgscan=5, whole=0):
    top = f"sys/fs/cgroup/{path}"
    return {
        f"{top}/memory.current": f"{current}\n",
        f"{top}/memory.swap.current": f"{swap}\n",
        f"{top}/memory.stat": f"anon 1\npgscan {pgscan}\n",
        f"{top}/memory.oom.group": f"{whole}\n",
    }


@pytest.fixture
def tree(tmp_path, write_tree):
    files = (
        group("a.slice", current=99)
        | group("a.slice/one.service", current=11, swap=13, pgscan=17)
        | group("a.slice/two.service", current=19, whole=1)
        | group("a.slice/two.service/below")
        | group("b", current=23)
    )
    return LiveTree(str(write_tree(tmp_path, files)))


def test_where_none_runs_nothing_is_read(tree, monkeypatch):
    monkeypatch.setattr(module, "_told_by_oomctl", lambda: pytest.fail("it was asked"))
    found, gaps = userspace_killers(running("bash"), tree)

    assert (found.earlyoom, found.oomd, gaps) == (None, None, [])
    assert userspace_killers(None, tree)[1] == []


def test_earlyooms_arguments_come_from_its_file(tree, tmp_path, write_tree):
    write_tree(tmp_path, {"etc/default/earlyoom": "EARLYOOM_ARGS='--prefer java'\n"})
    found, gaps = userspace_killers(running("earlyoom"), tree)

    assert (found.earlyoom.prefer, gaps) == ("java", [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "no such file"),
        ("EARLYOOM_ARGS='--prefer (a'\n", "regular expression"),
        ("EARLYOOM_ARGS='--ignore-root-user'\n", "owners of processes are not read"),
    ],
)
def test_arguments_that_are_not_known_are_a_gap_and_no_choice(
    tree, tmp_path, write_tree, text, reason
):
    if text is not None:
        write_tree(tmp_path, {"etc/default/earlyoom": text})
    found, gaps = userspace_killers(running("earlyoom"), tree)

    assert found.earlyoom is None
    assert reason in gaps[0].reason
    assert gaps[0].cost == "whom earlyoom would take is not known"


def test_leaves_and_groups_that_die_as_one_are_what_systemd_oomd_may_kill(tree, monkeypatch):
    monkeypatch.setattr(module, "_told_by_oomctl", lambda: OOMCTL)
    found, gaps = userspace_killers(running("systemd-oomd"), tree)

    assert gaps == []
    assert set(found.oomd.after) == {"/a.slice/one.service", "/a.slice/two.service", "/b"}
    one = found.oomd.after["/a.slice/one.service"]
    assert (one.current_bytes, one.swap_bytes, one.pgscan_pages_total) == (11, 13, 17)
    assert not one.is_avoided


def test_a_kernel_without_swap_accounting_gives_groups_without_swap(tree, tmp_path):
    (tmp_path / "sys/fs/cgroup/b/memory.swap.current").unlink()

    assert groups_of(candidates(tree, ["/b"]))["/b"].swap_bytes == 0


def test_marks_are_extended_attributes(tree, tmp_path):
    directory = tmp_path / "sys/fs/cgroup/b"
    try:
        os.setxattr(directory, "user.oomd_avoid", b"1")
        os.setxattr(directory, "user.oomd_omit", b"0")
    except OSError:
        pytest.skip("no extended attributes here")
    found = groups_of(candidates(tree, ["/b"]))["/b"]

    assert (found.is_avoided, found.is_omitted) == (True, False)


def test_without_oomctl_there_is_a_gap(tree, monkeypatch):
    def refuse():
        raise RootError("no such file")

    monkeypatch.setattr(module, "_told_by_oomctl", refuse)
    found, gaps = userspace_killers(running("systemd-oomd"), tree)

    assert found.oomd is None
    assert (gaps[0].path, gaps[0].reason) == ("oomctl", "no such file")
