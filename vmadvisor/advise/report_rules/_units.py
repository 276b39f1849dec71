"""systemd units and cgroup files as a person may type them; nothing from a log that a shell could obey."""

import re

_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@:-]{0,200}\.(?:service|scope|slice)", re.ASCII)
_PATH = re.compile(r"(?:/[A-Za-z0-9_@:-][A-Za-z0-9_.@:-]{0,200}){1,20}", re.ASCII)


def unit_of(path: str | None) -> str | None:
    """The innermost unit of a cgroup path, if its name is harmless.

    >>> unit_of("/system.slice/mysqld.service"), unit_of("/a;reboot.service"), unit_of("/lxc/9")
    ('mysqld.service', None, None)
    """
    name = (path or "").rpartition("/")[2]
    return name if _UNIT.fullmatch(name) else None


def limit_file(path: str, name: str) -> str | None:
    """The file of a cgroup's limit, ``None`` for a path that a shell could take for something else.

    >>> limit_file("/lxc/39004", "memory.max"), limit_file("/a b", "memory.max")
    ('/sys/fs/cgroup/lxc/39004/memory.max', None)
    """
    if not _PATH.fullmatch(path):
        return None
    top = "/sys/fs/cgroup" if name == "memory.max" else "/sys/fs/cgroup/memory"
    return f"{top}{path}/{name}"
