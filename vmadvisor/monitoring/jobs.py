"""What may run again and again, and as whom.

- Jobs that keep something (what was told last, the host's history) run as root without a single capability:
  so they share ``/var/lib/vmadvisor`` with what root runs by hand and calibrates, and ``hidepid`` hides no
  process from them (its ``gid=`` is root's group where nobody set another: fs/proc/base.c:has_pid_permissions).
  A DynamicUser's StateDirectory would be out of reach for both. All else they read is readable for anybody.
- The text file is written as the directory's owner, whoever that is.
- The exporter, which listens, is nobody: DynamicUser.
"""

from vmadvisor.records import dataclass

TEXTFILE = "/var/lib/prometheus/node-exporter/vmadvisor.prom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``every_s`` ``None``: a service that stays; else how often it runs."""

    name: str
    about: str
    arguments: tuple[str, ...]
    every_s: float | None
    keeps_state: bool = False
    listens: bool = False
    memory_max: str = "128M"


JOBS = (
    Job(
        name="check",
        about="tells when the verdict on this host's memory changes",
        arguments=("check", "--on-change"),
        every_s=300.0,
        keeps_state=True,
    ),
    Job(
        name="textfile",
        about="writes this host's state for node_exporter's textfile collector",
        arguments=("textfile", TEXTFILE),
        every_s=60.0,
    ),
    Job(
        name="sample",
        about="keeps this host's history",
        arguments=("sample", "--follow", "30s"),
        every_s=60.0,
        keeps_state=True,
    ),
    Job(
        name="exporter",
        about="serves this host's state to Prometheus",
        arguments=("exporter",),
        every_s=None,
        listens=True,
    ),
)
