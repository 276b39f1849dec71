"""Which files of a host say what it sets at boot, by schedule, and for its units; and how many are read.

/etc /run /usr/local/lib /usr/lib /lib    sysctl.d/*.conf           in this order of precedence
/etc /usr/lib                             tuned/[profiles/]NAME/tuned.conf
/etc /run /usr/local/lib /usr/lib /lib    systemd/system/UNIT, UNIT.d/*.conf
/etc/crontab /etc/cron.* /var/spool/cron  /etc/rc.local
"""

import re

FILE_MAX_BYTES = 64 * 1024
FILES_MAX_COUNT = 400
UNITS_MAX_COUNT = 40

SYSCTL_DIRECTORIES = (
    "etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d",
)  # fmt: skip
UNIT_DIRECTORIES = (
    "etc/systemd/system.control", "run/systemd/system.control", "run/systemd/transient",
    "etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system",
    "usr/lib/systemd/system", "lib/systemd/system",
)  # fmt: skip
TUNED_DIRECTORIES = (
    "etc/tuned/profiles", "etc/tuned", "usr/lib/tuned/profiles", "usr/lib/tuned",
)  # fmt: skip
CRON_DIRECTORIES = (
    "etc/cron.d", "etc/cron.hourly", "etc/cron.daily", "etc/cron.weekly", "etc/cron.monthly",
    "var/spool/cron/crontabs", "var/spool/cron",
)  # fmt: skip
CRON_FILES = ("etc/crontab", "etc/rc.local", "etc/rc.d/rc.local")
TUNED_FILES = ("etc/tuned/active_profile", "etc/tuned/tuned-main.conf")
SYSCTL_FILE = "etc/sysctl.conf"

TOPS = ("etc", "run", "usr", "lib", "var")
_NAME = r"[^/]{1,255}"
_WANTED = re.compile(
    "|".join(
        [re.escape(path) for path in (*CRON_FILES, *TUNED_FILES, SYSCTL_FILE)]
        + [rf"{re.escape(path)}/{_NAME}\.conf" for path in SYSCTL_DIRECTORIES]
        + [rf"{re.escape(path)}/{_NAME}/tuned\.conf" for path in TUNED_DIRECTORIES]
        + [rf"{re.escape(path)}/{_NAME}" for path in CRON_DIRECTORIES]
        + [
            rf"{re.escape(path)}/(?:{_NAME}\.(?:service|slice|scope|timer)|{_NAME}\.d/{_NAME}\.conf)"
            for path in UNIT_DIRECTORIES
        ]
    )
)


def is_configuration(path: str) -> bool:
    """Whether the file is one of these; the path is relative to the root.

    >>> is_configuration("etc/sysctl.d/99-x.conf"), is_configuration("etc/shadow")
    (True, False)
    """
    return _WANTED.fullmatch(path) is not None


def place(name: str) -> tuple[str, str] | None:
    """A member's name as (prefix, path); ``None`` for any other file, and for names that climb.

    >>> place("./sosreport-db1/etc/sysctl.conf"), place("../etc/sysctl.conf")
    (('sosreport-db1', 'etc/sysctl.conf'), None)
    """
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if "\0" in name or ".." in parts:
        return None
    for index, part in enumerate(parts[:4]):
        if part in TOPS and is_configuration(path := "/".join(parts[index:])):
            return "/".join(parts[:index]), path
    return None
