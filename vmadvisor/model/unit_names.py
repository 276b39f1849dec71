"""Whose a control group is: a systemd unit, a container, by the path alone.

    /system.slice/postgresql@15-main.service                      postgresql@15-main.service
    /user.slice/user-1000.slice/user@1000.service/app.slice/x.scope    x.scope, of a user's manager
    /kubepods.slice/kubepods-burstable.slice/.../cri-containerd-3f….scope    a pod's container

Names come from anyone who may make a group; a path that only looks like one of these is taken for it.
"""

import re

_UNIT = re.compile(r"[^/]+\.(?:service|scope)")
_LONG_ID = re.compile(r"[0-9a-f]{32,64}")
_RUNTIMES = (
    ("kubepods", "kubernetes"),
    ("docker", "docker"),
    ("libpod", "podman"),
    ("crio", "cri-o"),
    ("cri-containerd", "containerd"),
    ("lxc", "lxc"),
    ("machine.slice", "machine"),
)
"""What a part of the path begins with, and who makes such groups; the first that fits the whole path."""

_INSTANCE = re.compile(r"@[^/]*(?=\.)")


def unit_of(cgroup_path: str | None) -> str | None:
    """The innermost service or scope of the path; ``None`` outside of systemd's naming.

    >>> unit_of("/system.slice/cron.service/worker"), unit_of("/docker/ab"), unit_of(None)
    ('cron.service', None, None)
    """
    parts = [] if cgroup_path is None else cgroup_path.split("/")
    return next((part for part in reversed(parts) if _UNIT.fullmatch(part)), None)


def is_system_service(cgroup_path: str | None) -> bool:
    """A service of the system's manager: not a user's, not a container's.

    >>> is_system_service("/system.slice/cron.service"), is_system_service("/user.slice/a.service")
    (True, False)
    """
    unit = unit_of(cgroup_path)
    if unit is None or not unit.endswith(".service") or runtime_of(cgroup_path) is not None:
        return False
    return (cgroup_path or "").startswith("/system.slice/")


def runtime_of(cgroup_path: str | None) -> str | None:
    """The container runtime whose naming the path follows.

    >>> runtime_of("/kubepods/burstable/pod7/3f"), runtime_of("/system.slice/docker.service")
    ('kubernetes', None)
    >>> runtime_of("/system.slice/docker-" + "3f" * 32 + ".scope")
    'docker'
    """
    parts = [part for part in (cgroup_path or "").split("/") if part]
    for beginning, name in _RUNTIMES:
        for index, part in enumerate(parts):
            if not part.startswith(beginning) or part.endswith(".service"):
                continue
            is_pod = name in {"kubernetes", "machine", "lxc"}
            if is_pod or _LONG_ID.search(part) or index + 1 < len(parts):
                return name
    return None


def template_of(unit: str) -> str:
    """The unit without its instance, as a list of names gives it.

    >>> template_of("postgresql@15-main.service"), template_of("ssh.service")
    ('postgresql@.service', 'ssh.service')
    """
    return _INSTANCE.sub("@", unit, count=1)
