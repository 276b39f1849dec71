import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.collect.wanted import PROCESS_NAMES
from vmadvisor.errors import ParseError
from vmadvisor.recording import rewrite
from vmadvisor.recording.pseudonyms import Pseudonyms
from vmadvisor.sources import SOURCES, FileSource
from vmadvisor.sources import swaps as swaps_source

NAMES = Pseudonyms(salt="pepper")
DB = NAMES.name(b"db")

WITHOUT_NAMES = {
    "proc/meminfo", "proc/vmstat", "proc/zoneinfo", "proc/pressure/memory", "proc/pressure/io",
    "proc/pressure/cpu", "proc/stat", "proc/uptime", "proc/buddyinfo", "proc/sys/vm",
    "proc/spl/kstat/zfs/arcstats", "sys/kernel/mm/transparent_hugepage", "sys/kernel/mm/lru_gen",
    "sys/kernel/mm/hugepages/hugepages-*", "sys/devices/system/node/node*",
    "sys/module/zswap/parameters", "sys/block/*",  # the kernel's own names of disks
}  # fmt: skip


def test_every_source_is_known_to_hold_names_or_to_hold_none():
    """A new source is not shared before someone has thought of it."""
    for source in SOURCES:
        paths = (
            [source.path]
            if isinstance(source, FileSource)
            else [f"{source.path}/{name}" for name in source.names]
        )
        rewritten = [
            path
            for path in paths
            if path in rewrite.OF_PATH or path.rpartition("/")[2] in rewrite.OF_NAME
        ]
        assert bool(rewritten) != (source.path in WITHOUT_NAMES), source.path


def test_of_a_process_these_files_hold_names():
    assert set(rewrite.OF_PROCESS) == {"stat", "status", "cgroup"}
    assert set(rewrite.OF_PROCESS) < set(PROCESS_NAMES)


@pytest.mark.parametrize("comm", [b"db", b"a) b (c", b"caf\xe9", b"new\nline", b"("])
def test_the_name_in_stat_is_replaced_whatever_it_holds(comm):
    rest = b" S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 99 8192 321 1\n"

    assert rewrite.pid_stat(NAMES, b"42 (" + comm + b")" + rest) == (
        b"42 (" + NAMES.name(comm) + b")" + rest
    )


@pytest.mark.parametrize("data", [b"", b"42", b"42 (db", b"42 )db(", b"\xff"])
def test_a_stat_that_makes_no_sense_stays_as_useless_as_it_was(data):
    assert rewrite.pid_stat(NAMES, data) == data


def test_a_kernel_thread_keeps_its_name():
    stat = b"91 (kswapd0) S 2 0 0 0 -1 10758208 0 0 0 0 0 57 0 0 20 0 1 0 33 0 0 1\n"

    assert rewrite.pid_stat(NAMES, stat) == stat


def test_status_escapes_what_stat_does_not():
    r"""``a\nb`` and a backslash: both files must get the same pseudonym."""
    status = rewrite.pid_status(NAMES, b"Name:\ta\\nb\\\\\nUmask:\t0022\nPid:\t7\n")

    assert status == b"Name:\t" + NAMES.name(b"a\nb\\") + b"\nUmask:\t0022\nPid:\t7\n"


def test_a_status_of_unknown_form_is_not_passed_on():
    assert rewrite.pid_status(NAMES, b"State:\tS\nName:\tdb\n") == b""


def test_every_hierarchys_path_is_replaced_and_controllers_stay():
    text = b"9:name=systemd:/db.service\n4:memory:/docker/ab12\n0::/system.slice/db.service\n"

    assert rewrite.pid_cgroup(NAMES, text) == (
        b"9:name=systemd:/" + DB + b".service\n"
        b"4:memory:/" + NAMES.name(b"docker") + b"/" + NAMES.name(b"ab12") + b"\n"
        b"0::/system.slice/" + DB + b".service\n"
    )


def test_who_built_the_kernel_is_replaced_and_the_release_stays():
    text = b"Linux version 6.12.94+deb13 (bob@build7.example) (gcc 14 (Debian)) #1 SMP 2026\n"

    changed = rewrite.version(NAMES, text)
    assert changed.startswith(b"Linux version 6.12.94+deb13 (n")
    assert changed.endswith(b") (gcc 14 (Debian)) #1 SMP 2026\n")
    assert b"bob" not in changed
    assert b"example" not in changed


SWAPS = (
    b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
    b"/dev/zram0                              partition\t4194300\t\t71\t\t100\n"
    b"/home/bob\\040x/swap\\040(deleted)        file\t\t8388604\t\t76\t\t-2\n"
    b"/dev/mapper/db1-swap                    partition\t2097148\t\t79\t\t-3\n"
)


def test_swap_areas_keep_numbers_columns_and_the_kernels_names():
    changed = rewrite.swaps(NAMES, SWAPS)

    before = swaps_source.parse(SWAPS.decode()).devices
    after = swaps_source.parse(changed.decode()).devices
    assert [(d.kind, d.size_kib, d.used_kib, d.priority_count) for d in after] == [
        ("partition", 4194300, 71, 100), ("file", 8388604, 76, -2), ("partition", 2097148, 79, -3),
    ]  # fmt: skip
    assert after[0].path == "/dev/zram0"
    assert after[1].path.endswith(" (deleted)")
    assert after[2].path.startswith("/dev/mapper/n")
    assert before[1].path != after[1].path
    assert b"bob" not in changed
    assert b"db1" not in changed
    assert changed.splitlines()[0] == SWAPS.splitlines()[0]
    assert changed.splitlines()[1] == SWAPS.splitlines()[1]


@pytest.mark.parametrize(
    "path",
    [b"/dev/sda2", b"/dev/vdb", b"/dev/nvme0n1p3", b"/dev/dm-0", b"/dev/md127", b"/dev/mmcblk0p2",
     b"none", b"/dev/zram12", b"/dev/loop3"],
)  # fmt: skip
def test_devices_have_names_that_the_kernel_gave(path):
    assert rewrite.path(NAMES, path) == path


@pytest.mark.parametrize("path", [b"/dev/sdcard-bob", b"/dev/mapper/vg-db1", b"/srv/swap", b"db1"])
def test_other_paths_do_not_stay(path):
    changed = rewrite.path(NAMES, path)

    assert changed != path
    assert changed.count(b"/") == path.count(b"/")


def test_boot_arguments_keep_keys_switches_and_numbers():
    text = b"BOOT_IMAGE=/vmlinuz-db1 root=UUID=61ec ro quiet psi=1 delayacct mem=4G mycorp.x=bob secret -- run\n"

    words = rewrite.cmdline(NAMES, text).split()
    assert [word.split(b"=")[0] for word in words[:2]] == [b"BOOT_IMAGE", b"root"]
    assert words[2:7] == [b"ro", b"quiet", b"psi=1", b"delayacct", b"mem=4G"]
    assert words[9] == b"--"
    for secret in (b"db1", b"61ec", b"bob", b"secret", b"run"):
        assert secret not in b" ".join(words).replace(b"mycorp", b"")


@given(data=st.binary(max_size=300))
@pytest.mark.parametrize(
    "change",
    [*rewrite.OF_PATH.values(), *rewrite.OF_PROCESS.values(), *rewrite.OF_NAME.values()],
    ids=lambda change: change.__name__,
)
def test_any_bytes_give_bytes(change, data):
    assert isinstance(change(NAMES, data), bytes)


@given(lines=st.lists(st.text(alphabet="abc \\/0x-9()\t", max_size=60), max_size=5))
def test_any_swap_file_that_parses_still_parses_to_the_same_numbers(lines):
    text = "\n".join(["Filename Type Size Used Priority", *lines])
    try:
        before = swaps_source.parse(text).devices
    except ParseError:
        return
    after = swaps_source.parse(rewrite.swaps(NAMES, text.encode()).decode()).devices
    assert [(d.size_kib, d.used_kib) for d in after] == [(d.size_kib, d.used_kib) for d in before]
