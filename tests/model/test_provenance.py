"""Who wins at boot, by the rules of systemd-sysctl, procps and tuned."""

import pytest

from vmadvisor.model.provenance import provenance
from vmadvisor.sources import ini_file, sysctl_conf
from vmadvisor.sources.cmdline import parse as parse_cmdline
from vmadvisor.sources.configuration import Configuration
from vmadvisor.sources.shell_writes import ShellWrite
from vmadvisor.sources.sysctl_vm import VmSysctl

RUNNING = VmSysctl(swappiness_count=60, dirty_ratio_pct=20, dirty_bytes=0, overcommit_ratio_pct=50)


@pytest.fixture
def asked(snapshot):
    """``asked({path: text}, tuned=..., ...)``: the origin of vm.swappiness, or of another key."""

    def run(files=(), key="vm.swappiness", *, running=RUNNING, cmdline="", **changes):
        fields = {
            "sysctl_files": {
                path: None if text is None else sysctl_conf.parse(text)
                for path, text in dict(files).items()
            },
            "tuned_active": None, "tuned_reapplies": True, "tuned_profiles": {}, "unit_files": {},
            "jobs": {}, "has_systemd": True, "is_complete": True,
        } | changes  # fmt: skip
        records = ((1.0, running), (1.0, Configuration(**fields)), (1.0, parse_cmdline(cmdline)))
        return provenance(snapshot(*records)).by_key[key]

    return run


def boot(one):
    return None if one.boot is None else (one.boot.value, f"{one.boot.path}:{one.boot.line}")


def test_nothing_sets_it_then_the_kernels_default_counts(asked):
    one = asked()

    assert (one.running_count, one.boot, one.boot_count) == (60, None, 60)


def test_the_last_name_wins_whatever_its_directory(asked):
    one = asked({
        "etc/sysctl.d/10-a.conf": "vm.swappiness=1\n",
        "usr/lib/sysctl.d/90-z.conf": "\nvm.swappiness=9\n",
        "run/sysctl.d/50-m.conf": "vm.swappiness=5\n",
    })  # fmt: skip

    assert boot(one) == ("9", "/usr/lib/sysctl.d/90-z.conf:2")
    assert [origin.value for origin in one.overruled] == ["1", "5"]


def test_of_one_name_the_first_directory_hides_the_others(asked):
    files = {
        "etc/sysctl.d/50-x.conf": "vm.swappiness=1\n",
        "usr/lib/sysctl.d/50-x.conf": "vm.swappiness=9\n",
    }

    assert boot(asked(files)) == ("1", "/etc/sysctl.d/50-x.conf:1")
    assert asked(files).overruled == ()
    masked = files | {"etc/sysctl.d/50-x.conf": None}  # a link to /dev/null
    assert boot(asked(masked)) is None


def test_of_one_file_the_last_line_counts(asked):
    one = asked({"etc/sysctl.d/a.conf": "vm.swappiness=1\nvm/swappiness = 2\n"})

    assert boot(one) == ("2", "/etc/sysctl.d/a.conf:2")


def test_a_pattern_counts_only_where_nothing_names_the_key(asked):
    pattern = {"etc/sysctl.d/90.conf": "vm.swap* = 7\n"}

    assert boot(asked(pattern)) == ("7", "/etc/sysctl.d/90.conf:1")
    assert asked(pattern | {"etc/sysctl.d/10.conf": "vm.swappiness=1\n"}).boot.value == "1"
    assert asked(pattern | {"etc/sysctl.d/10.conf": "-vm.swappiness\n"}).boot is None


def test_sysctl_conf_counts_through_a_link_only(asked):
    """Debian 13 and Arch ship none: what stands there is read by nobody at boot."""
    alone = {"etc/sysctl.conf": "vm.swappiness=10\n"}
    linked = {"etc/sysctl.d/99-sysctl.conf": "vm.swappiness=10\n", **alone}

    assert boot(asked(alone)) is None
    assert asked(alone).unread.value == "10"
    assert boot(asked(linked)) == ("10", "/etc/sysctl.d/99-sysctl.conf:1")
    assert asked(linked).unread is None


def test_without_systemd_procps_reads_it_last(asked):
    files = {"etc/sysctl.d/99.conf": "vm.swappiness=1\n", "etc/sysctl.conf": "vm.swappiness=10\n"}
    one = asked(files, has_systemd=False)

    assert boot(one) == ("10", "/etc/sysctl.conf:1")
    assert one.unread is None


PROFILES = {
    "etc/tuned/mine/tuned.conf": ini_file.parse(
        "[main]\ninclude=base\n[sysctl]\nvm.swappiness=30\n"
    ),
    "usr/lib/tuned/base/tuned.conf": ini_file.parse(
        "[sysctl]\nvm.swappiness=5\nvm.dirty_ratio=40\nvm.overcommit_ratio=${x}\n"
    ),
}


def test_tuned_comes_after_and_lets_the_admin_win_again(asked):
    tuned = {"tuned_active": "mine", "tuned_profiles": PROFILES}
    vendor = {"usr/lib/sysctl.d/50.conf": "vm.swappiness=9\n"}
    admin = {"etc/sysctl.d/50.conf": "vm.swappiness=1\n"}

    assert boot(asked(vendor, **tuned)) == ("30", "/etc/tuned/mine/tuned.conf:4")
    one = asked(admin, **tuned)
    assert boot(one) == ("1", "/etc/sysctl.d/50.conf:1")
    assert [origin.by for origin in one.overruled] == ["tuned"]
    assert boot(asked(admin, **tuned, tuned_reapplies=False))[0] == "30"


def test_with_tuned_even_an_unlinked_sysctl_conf_is_read(asked):
    one = asked(
        {"etc/sysctl.conf": "vm.swappiness=10\n"}, tuned_active="mine", tuned_profiles=PROFILES
    )

    assert boot(one) == ("10", "/etc/sysctl.conf:1")
    assert one.unread is None


def test_what_a_profile_includes_counts_less_and_what_it_computes_is_not_known(asked):
    tuned = {"tuned_active": "mine", "tuned_profiles": PROFILES}

    assert asked((), "vm.dirty_ratio", **tuned).boot.value == "40"
    assert asked((), "vm.overcommit_ratio", **tuned).boot is None


def test_the_kernels_command_line_is_the_first(asked):
    assert boot(asked(cmdline="ro sysctl.vm.swappiness=3\n")) == ("3", "/proc/cmdline:1")
    one = asked({"etc/sysctl.d/a.conf": "vm.swappiness=1\n"}, cmdline="sysctl.vm.swappiness=3\n")
    assert (one.boot.value, [o.by for o in one.overruled]) == ("1", ["command line"])


def test_jobs_come_later(asked):
    one = asked(jobs={"etc/rc.local": (ShellWrite(key="vm.swappiness", value="5", line=4),)})

    assert [(o.value, o.path, o.line) for o in one.later] == [("5", "/etc/rc.local", 4)]


def test_setting_one_of_a_pair_makes_the_other_0(asked):
    files = {"etc/sysctl.d/a.conf": "vm.dirty_bytes=1048576\n"}

    assert asked(files, "vm.dirty_ratio").boot_count == 0
    assert asked(files, "vm.dirty_bytes").boot_count == 1_048_576
    assert asked((), "vm.dirty_ratio").boot_count == 20


@pytest.mark.parametrize("value", ["", "abc", "1 2", "9" * 30])
def test_a_value_that_is_no_number_is_not_compared(asked, value):
    assert asked({"etc/sysctl.d/a.conf": f"vm.swappiness={value}\n"}).boot_count is None


def test_without_the_files_there_is_no_provenance(snapshot):
    assert provenance(snapshot((1.0, RUNNING))) is None
