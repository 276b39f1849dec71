"""Text of systemd units and of a cron table for one job; nothing is written or enabled here.

A path may hold spaces, quotes and per cent signs (systemd.syntax(7), systemd.unit(5) "Specifiers",
crontab(5)): it is quoted for where it stands. One that holds a control character is refused.
"""

import shlex
from collections.abc import Iterable, Sequence

from vmadvisor.errors import RenderError
from vmadvisor.monitoring.jobs import Job

MARK = "# Written by vmadvisor install-timer"
_HOMES = ("/home/", "/root/", "/run/user/")
_TMP = ("/tmp/", "/var/tmp/")  # noqa: S108 - where a program may have been put, not where we write
_SPREAD_RATIO = 0.1
_MINUTES_PER_HOUR = 60
_HOURS_PER_DAY = 24

_HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome={home}
PrivateTmp={tmp}
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
# Every process's files and all of /proc are what it is there to read.
ProtectProc=default
ProcSubset=all
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""
_COST = """\
MemoryMax={memory_max}
# {memory_max} are 500 of the OOM killer's 1000 points on a host of 256 MiB, fewer on a larger one; -500 takes
# them all away. So the observer comes last: its end would free next to nothing and lose what it saw. Not
# -1000: should it leak, it must be possible to kill it.
OOMScoreAdjust=-500
Nice=5
# Last of its class; idle would never be served by a disk that is busy swapping, when it matters most.
IOSchedulingClass=best-effort
IOSchedulingPriority=7
"""


def word(text: str, *, is_program: bool = False) -> str:
    r"""One word of a unit's line; a program's name knows no variables, so that a dollar is one there.

    >>> word("/opt/my tools/vmadvisor", is_program=True), word('a"b%c$d')
    ('"/opt/my tools/vmadvisor"', '"a\\"b%%c$$d"')
    """
    if not text.isprintable():
        raise RenderError(f"{text!r} holds what cannot stand in a unit")
    if is_program and set(text) & set("\"'\\"):
        raise RenderError(
            f"systemd starts no program with a quote or backslash in its name: {text}"
        )
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    if not is_program:
        escaped = escaped.replace("$", "$$")
    plain = escaped == text and text and not set(text) & set(" \t';#")
    return text if plain else f'"{escaped}"'


def _who(job: Job, owner: str | None, groups: Sequence[str]) -> Iterable[str]:
    if job.listens:
        yield "DynamicUser=yes"
    else:
        yield f"User={owner or 'root'}"
        yield "CapabilityBoundingSet="
    if job.listens:
        yield "CapabilityBoundingSet="
        yield "RestrictAddressFamilies=AF_INET AF_INET6"
    else:
        yield "PrivateNetwork=yes"
        yield "RestrictAddressFamilies=none"
    if groups:
        yield f"SupplementaryGroups={' '.join(groups)}"
    if job.keeps_state:
        yield "StateDirectory=vmadvisor"
        yield "StateDirectoryMode=0755"


def service(
    job: Job, program: Sequence[str], *, owner: str | None = None, directory: str | None = None,
    groups: Sequence[str] = (),
) -> str:  # fmt: skip
    """The service; ``directory`` is what it may write to, ``groups`` see processes that hidepid hides."""
    path, *more = program
    command = " ".join((word(path, is_program=True), *map(word, (*more, *job.arguments))))
    inside = [one for one in program if one.startswith("/")]
    inside += (
        [] if directory is None else [f"{directory}/"]
    )  # a private /tmp is not where it is looked for
    home = "read-only" if any(one.startswith(_HOMES) for one in inside) else "yes"
    tmp = "no" if any(one.startswith(_TMP) for one in inside) else "yes"
    kind = "Type=exec\nRestart=on-failure\nRestartSec=30" if job.every_s is None else (
        # A verdict of WARNING or CRITICAL is no failure of the unit; UNKNOWN or an error (3) is.
        "Type=oneshot\nSuccessExitStatus=1 2\nTimeoutStartSec=60"
    )  # fmt: skip
    lines = [
        f"{MARK}; {job.about}",
        "[Unit]",
        f"Description=vmadvisor {job.about}",
        "",
        "[Service]",
        kind,
        f"ExecStart={command}",
        *_who(job, owner, groups),
        *([] if directory is None else [f"ReadWritePaths={word(directory)}"]),
        "UMask=0022",
        _HARDENING.format(home=home, tmp=tmp) + _COST.format(memory_max=job.memory_max),
    ]
    if job.every_s is None:
        lines += ["[Install]", "WantedBy=multi-user.target", ""]
    return "\n".join(lines)


def _seconds(value_s: float) -> str:
    """As systemd.time(7) reads it, which knows no exponent.

    >>> _seconds(1_728_000.0), _seconds(90.5), _seconds(300.0)
    ('1728000', '90.5', '300')
    """
    return f"{value_s:.3f}".rstrip("0").rstrip(".")


def timer(job: Job, every_s: float) -> str:
    """The timer: runs that far apart, spread so that the guests of one machine do not all run at once."""
    return "\n".join((
        f"{MARK}; {job.about}",
        "[Unit]",
        f"Description=vmadvisor {job.about}, every {_seconds(every_s)} s",
        "",
        "[Timer]",
        "OnBootSec=120",
        f"OnUnitActiveSec={_seconds(every_s)}",
        f"RandomizedDelaySec={_seconds(max(1, every_s * _SPREAD_RATIO))}",
        "AccuracySec=1",
        "",
        "[Install]",
        "WantedBy=timers.target",
        "",
    ))  # fmt: skip


def _schedule(every_s: float) -> str:
    minutes, rest_s = divmod(every_s, 60)
    if not rest_s and minutes and not _MINUTES_PER_HOUR % minutes:
        return "* * * * *" if minutes == 1 else f"*/{minutes:g} * * * *".replace("*/60", "0")
    hours, rest_min = divmod(minutes, _MINUTES_PER_HOUR)
    if not (rest_s or rest_min) and hours and not _HOURS_PER_DAY % hours:
        return f"0 */{hours:g} * * *".replace("*/24", "0")
    raise RenderError(
        f"cron cannot run every {_seconds(every_s)} s: minutes that divide an hour, or hours a day"
    )


def cron_table(job: Job, program: Sequence[str], every_s: float) -> str:
    """A file for /etc/cron.d; cron mails what the job prints, and ``--on-change`` prints only what is news."""
    words = shlex.join((*program, *job.arguments))
    if not words.isprintable():
        raise RenderError(f"{words!r} holds what cannot stand in a cron table")
    command = words.replace("%", "\\%")
    return (
        f"{MARK}; {job.about}\n"
        "MAILTO=root\n"
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
        f"{_schedule(every_s)} root nice -n 5 {command}\n"
    )
