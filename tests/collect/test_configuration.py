"""What a host's files set, read bounded from any root; what cannot be read is a gap."""

import errno

import pytest

from vmadvisor.collect import Request, configuration, open_root, take
from vmadvisor.collect import configuration_names as names
from vmadvisor.collect.configuration import read_configuration
from vmadvisor.collect.deadline import Deadline
from vmadvisor.sources.configuration import Configuration

FILES = {
    "etc/sysctl.conf": "vm.swappiness=1\n",
    "etc/sysctl.d/60-db.conf": "vm.swappiness=10\n",
    "usr/lib/sysctl.d/50-default.conf": "kernel.sysrq=16\n",
    "etc/tuned/active_profile": "mine\n",
    "etc/tuned/tuned-main.conf": "daemon = 1\nreapply_sysctl = 0\n",
    "etc/tuned/mine/tuned.conf": "[main]\ninclude=virtual-guest\n[sysctl]\nvm.dirty_ratio=30\n",
    "usr/lib/tuned/virtual-guest/tuned.conf": "[sysctl]\nvm.swappiness=30\n",
    "usr/lib/systemd/system/db.service": "[Service]\nOOMScoreAdjust=-600\n",
    "etc/systemd/system/db.service.d/10.conf": "[Service]\nOOMScoreAdjust=-700\n",
    "usr/lib/systemd/system/pg@.service": "[Service]\nOOMScoreAdjust=-800\n",
    "usr/lib/systemd/system/other.service": "[Service]\nOOMScoreAdjust=9\n",
    "etc/crontab": "0 3 * * * root echo 3 > /proc/sys/vm/drop_caches\n",
    "etc/cron.daily/mandb": "#!/bin/sh\nmandb\n",
    "etc/systemd/system/tune.service": "[Service]\nExecStart=/sbin/sysctl -w vm.page-cluster=0\n",
}
PATHS = ("/system.slice/db.service", "/system.slice/system-pg.slice/pg@15.service", None)


@pytest.fixture
def read(fake_tree):
    def run(files=FILES, paths=PATHS[:2]):
        return read_configuration(fake_tree(files), paths, Deadline(None))

    return run


def test_every_kind_of_file_is_read_and_only_units_that_matter(read):
    found, gaps = read()

    assert gaps == []
    assert found.is_complete
    assert found.has_systemd
    assert list(found.sysctl_files) == [
        "etc/sysctl.d/60-db.conf", "usr/lib/sysctl.d/50-default.conf", "etc/sysctl.conf",
    ]  # fmt: skip
    assert (found.tuned_active, found.tuned_reapplies) == ("mine", False)
    assert list(found.tuned_profiles) == [
        "etc/tuned/mine/tuned.conf", "usr/lib/tuned/virtual-guest/tuned.conf",
    ]  # fmt: skip
    assert sorted(found.unit_files) == [
        "etc/systemd/system/db.service.d/10.conf", "usr/lib/systemd/system/db.service",
        "usr/lib/systemd/system/pg@.service",
    ]  # fmt: skip
    assert {path: [(w.key, w.value) for w in writes] for path, writes in found.jobs.items()} == {
        "etc/crontab": [("vm.drop_caches", "3")],
        "etc/systemd/system/tune.service": [("vm.page-cluster", "0")],
    }


def test_a_host_without_any_such_file_has_none(read):
    assert read({"proc/meminfo": "x"}) == (None, [])


def test_what_cannot_be_read_is_a_gap_and_hides_what_it_would(read):
    denied = FILES | {"etc/sysctl.d/60-db.conf": PermissionError(errno.EACCES, "x")}
    found, (gap,) = read(denied)

    assert found.sysctl_files["etc/sysctl.d/60-db.conf"] is None
    assert not found.is_complete
    assert (gap.path, gap.reason) == ("/etc/sysctl.d/60-db.conf", "permission denied")


def test_a_file_too_large_or_no_text_is_left_out(read):
    odd = FILES | {"etc/crontab": b"\0\1", "etc/rc.local": "#" * (names.FILE_MAX_BYTES + 1)}
    found, (gap,) = read(odd)

    assert "etc/crontab" not in found.jobs
    assert gap.reason == "larger than 64 KiB"


def test_very_many_files_are_read_in_part(read, monkeypatch):
    monkeypatch.setattr(names, "FILES_MAX_COUNT", 5)
    found, (gap,) = read()

    assert not found.is_complete
    assert gap.reason == "5 files of settings read, then given up"


def test_profiles_that_include_one_another_end(read):
    loop = {
        "etc/tuned/active_profile": "a ../b\n",
        "etc/tuned/a/tuned.conf": "[main]\ninclude=b\n",
        "etc/tuned/b/tuned.conf": "[main]\ninclude=a,b\n",
    }

    assert list(read(loop)[0].tuned_profiles) == [
        "etc/tuned/a/tuned.conf",
        "etc/tuned/b/tuned.conf",
    ]


def test_a_template_is_looked_for_beside_its_instance():
    assert configuration._spellings("db.service") == ("db.service",)
    assert configuration._spellings("user@.service") == ("user@.service",)


@pytest.mark.parametrize("order", [1, -1])
def test_an_archive_gives_the_settings_of_the_tree_that_is_meant(tar_of, tmp_path, host, order):
    """Files of /etc come before or after those of /proc; another tree's are not mixed in."""
    members = [(f"sos/{path}", text) for path, text in (host | FILES).items()]
    members.append(("sos/chroot/etc/sysctl.d/1.conf", "vm.swappiness=99\n"))
    path = tmp_path / "sos.tar"
    path.write_bytes(tar_of(members[::order]))
    _, after = take(open_root(str(path)), Request())

    assert after.has_configuration
    assert len(after.get(Configuration).sysctl_files) == 3


def test_an_archive_of_settings_alone_is_of_no_use(tar_of, tmp_path):
    from vmadvisor.errors import RootError

    path = tmp_path / "etc.tar"
    path.write_bytes(tar_of(FILES))
    with pytest.raises(RootError, match="holds no file below proc/ or sys/"):
        take(open_root(str(path)), Request())


def test_a_directory_gives_what_it_holds_and_one_without_none(write_tree, tmp_path, host):
    with_files = write_tree(tmp_path / "a", host | FILES)
    without = write_tree(tmp_path / "b", host)

    assert take(open_root(str(with_files)), Request())[1].has_configuration
    assert not take(open_root(str(without)), Request())[1].has_configuration
