"""Which processes must not die in a shortage: by name, or by the unit that they belong to.

The admin's own list (``[critical]`` of the configuration) joins these or takes their place.
"""

from vmadvisor.model.facts import Facts
from vmadvisor.model.kinship import Kinship
from vmadvisor.model.unit_names import template_of
from vmadvisor.records import dataclass

COMMS = frozenset({
    "sshd", "systemd", "systemd-journal", "systemd-udevd", "systemd-logind", "systemd-network",
    "systemd-resolve", "dbus-daemon", "dbus-broker", "NetworkManager", "rsyslogd", "auditd", "agetty",
    "dockerd", "containerd", "containerd-shim", "crio", "conmon", "podman", "kubelet", "kube-apiserver",
    "etcd", "libvirtd", "corosync", "pacemakerd", "ceph-mon", "ceph-osd",
    "mysqld", "mariadbd", "postgres", "mongod", "redis-server", "valkey-server", "memcached",
    "ora_pmon", "sqlservr", "clickhouse-serv", "slapd",
})  # fmt: skip
"""Names as /proc/PID/stat cuts them (15 bytes): ways in, logs, container runtimes, data stores."""

UNITS = frozenset({
    "ssh.service", "sshd.service", "dbus.service", "dbus-broker.service", "systemd-journald.service",
    "systemd-logind.service", "systemd-udevd.service", "NetworkManager.service", "rsyslog.service",
    "docker.service", "containerd.service", "crio.service", "kubelet.service", "etcd.service",
    "libvirtd.service", "mysql.service", "mysqld.service", "mariadb.service", "postgresql.service",
    "postgresql@.service", "mongod.service", "redis-server.service", "redis.service", "slapd.service",
})  # fmt: skip
"""Units whose processes have names of their own (a JVM, a Python program); ``@`` for all instances."""

COMM_MAX_BYTES = 15
"""TASK_COMM_LEN less its NUL: what the kernel keeps of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalServices:
    """Names as the kernel cuts them, and units; a fact that the admin gives."""

    comms: frozenset[str] = COMMS
    units: frozenset[str] = UNITS

    def covers(self, comm: str, unit: str | None) -> bool:
        """Whether this process is one of them.

        >>> CriticalServices().covers("java", "mongod.service"), CriticalServices().covers("java", None)
        (True, False)
        """
        if comm in self.comms:
            return True
        return unit is not None and (unit in self.units or template_of(unit) in self.units)


def named(services: tuple[str, ...], *, with_defaults: bool) -> CriticalServices:
    """The list that a configuration makes: what ends like a unit is one, anything else a name.

    >>> mine = named(("billing.service", "a-very-long-program-name"), with_defaults=False)
    >>> sorted(mine.comms), sorted(mine.units)
    (['a-very-long-pro'], ['billing.service'])
    """
    units = {name for name in services if name.endswith((".service", ".scope"))}
    comms = {_cut(name) for name in services if name not in units}
    return CriticalServices(
        comms=frozenset(comms | (COMMS if with_defaults else frozenset())),
        units=frozenset(units | (UNITS if with_defaults else frozenset())),
    )


def _cut(name: str) -> str:
    return name.encode("utf-8", "surrogateescape")[:COMM_MAX_BYTES].decode(
        "utf-8", "surrogateescape"
    )


def is_critical(facts: Facts, pid_id: int, comm: str) -> bool:
    """By the admin's list, else the default one."""
    services, kin = facts.get(CriticalServices) or CriticalServices(), facts.get(Kinship)
    known = None if kin is None else kin.of(pid_id)
    return services.covers(comm, None if known is None else known.unit)
