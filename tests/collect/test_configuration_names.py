"""Only files of settings are wanted, wherever their tree begins in an archive; names that climb never."""

import pytest

from vmadvisor.collect.configuration_names import is_configuration, place


@pytest.mark.parametrize(
    "path",
    [
        "etc/sysctl.conf", "etc/sysctl.d/10-x.conf", "run/sysctl.d/a.conf", "usr/lib/sysctl.d/a.conf",
        "usr/local/lib/sysctl.d/a.conf", "etc/tuned/active_profile", "usr/lib/tuned/virtual-guest/tuned.conf",
        "usr/lib/tuned/profiles/balanced/tuned.conf", "etc/systemd/system/x.service",
        "usr/lib/systemd/system/-.slice", "etc/systemd/system/x.service.d/50.conf", "etc/crontab",
        "etc/cron.daily/clean", "var/spool/cron/root", "var/spool/cron/crontabs/root", "etc/rc.local",
    ],
)  # fmt: skip
def test_files_of_settings_are_wanted(path):
    assert is_configuration(path)
    assert place(f"./sosreport-x/{path}") == ("sosreport-x", path)
    assert place(f"../{path}") is None


@pytest.mark.parametrize(
    "path",
    ["etc/shadow", "etc/sysctl.d/README", "etc/sysctl.d/a/b.conf", "etc/cron.d", "etc/tuned/x/y/tuned.conf",
     "etc/systemd/system/x.service.d/a/b.conf", "root/etc.conf", "proc/meminfo", "etc/cron.dd/x"],
)  # fmt: skip
def test_nothing_else_is(path):
    assert not is_configuration(path)
    assert place(path) is None
