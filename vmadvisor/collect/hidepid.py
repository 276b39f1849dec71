"""Whose group sees the processes that ``hidepid`` hides: the ``gid=`` of the procfs at /proc."""

from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.tree import Tree, text_of


def hidepid_gid(tree: Tree | None = None) -> str | None:
    """The group's number where processes are hidden from all but it and root's group; else ``None``."""
    tree = LiveTree() if tree is None else tree
    try:
        options = proc_options(text_of(tree.read("proc/self/mountinfo")[0]))
    except OSError:
        return None
    gid = options.get("gid")
    is_hidden = options.get("hidepid", "0") not in {"0", "off"}
    return gid if is_hidden and gid is not None and gid.isascii() and gid.isdigit() else None


def proc_options(mountinfo: str) -> dict[str, str]:
    """The options of the last procfs mounted at /proc.

    >>> proc_options("22 27 0:21 / /proc rw,relatime - proc proc rw,gid=4,hidepid=2")
    {'rw': '', 'gid': '4', 'hidepid': '2'}
    """
    found: dict[str, str] = {}
    for line in mountinfo.splitlines():
        fields = line.split(" ")
        if len(fields) > 9 and fields[4] == "/proc" and fields[-3] == "proc":  # noqa: PLR2004
            found = {
                name: value for name, _, value in (o.partition("=") for o in fields[-1].split(","))
            }
    return found
