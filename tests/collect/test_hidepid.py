"""Whose group sees hidden processes is what the mount says, and nothing else."""

import pytest

from vmadvisor.collect.hidepid import hidepid_gid, proc_options
from vmadvisor.collect.live_tree import LiveTree


def mounted(options, at="/proc"):
    return f"22 27 0:21 / {at} rw,relatime - proc proc {options}\n"


@pytest.mark.parametrize(
    ("options", "gid"),
    [
        ("rw,gid=27,hidepid=2", "27"),
        ("rw,gid=27,hidepid=invisible", "27"),
        ("rw,hidepid=2", None),  # root's group sees all
        ("rw,gid=27", None),  # nothing is hidden
        ("rw,gid=27,hidepid=0", None),
        ("rw,gid=x y,hidepid=2", None),
    ],
)
def test_the_group_is_told_where_processes_are_hidden(tmp_path, options, gid):
    path = tmp_path / "proc/self/mountinfo"
    path.parent.mkdir(parents=True)
    path.write_text(mounted(options))

    assert hidepid_gid(LiveTree(str(tmp_path))) == gid


def test_without_a_mount_table_nothing_is_told(tmp_path):
    assert hidepid_gid(LiveTree(str(tmp_path))) is None


def test_the_last_mount_at_proc_counts():
    text = mounted("rw,hidepid=1") + mounted("rw,gid=5") + mounted("rw,gid=6", at="/srv/proc")

    assert proc_options(text) == {"rw": "", "gid": "5"}
