"""What a guest is made of, without booting one."""

import subprocess
from pathlib import Path

import pytest

from lab import disks, initramfs, kernels, machine, plan
from lab.command import SCENARIOS
from lab.initramfs import Entry
from lab.kernels import Kernel
from lab.modules import Modules
from lab.scenario import load, scenario_of
from lab.tools import GUEST, missing


def scenario(**changes):
    table = {"family": "x", "kernel": "6.1", "seconds": 7, "process": [], **changes}
    return scenario_of(table, where="x")


def test_the_archive_is_what_cpio_itself_would_unpack(tmp_path):
    if missing(("cpio",)):
        pytest.skip("no cpio on this machine")
    entries = [
        Entry(path="lab", mode=0o040755),
        Entry(path="lab/a", mode=0o100644, data=b"12345"),
        Entry(path="lab/b", mode=0o100755),
    ]

    subprocess.run(
        ["cpio", "-id", "--quiet"], input=initramfs.archive(entries), cwd=tmp_path, check=True
    )

    assert (tmp_path / "lab/a").read_bytes() == b"12345"
    assert (tmp_path / "lab/b").stat().st_mode & 0o777 == 0o755


def test_settings_become_files_below_proc_and_sys():
    found = initramfs.writes(
        scenario(sysctl={"vm.swappiness": 17}, lru_gen="n", thp_defrag="always")
    )

    assert found == [
        "/proc/sys/vm/swappiness 17",
        "/sys/kernel/mm/lru_gen/enabled n",
        "/sys/kernel/mm/transparent_hugepage/defrag always",
    ]


def test_modules_come_after_what_they_depend_on_and_once(tmp_path):
    for name, needs in {
        "virtio": "",
        "virtio-ring": "virtio",
        "virtio_blk": "virtio_ring,virtio",
    }.items():
        (tmp_path / f"{name}.ko").write_bytes(b"ELF\0depends=%s\0name=x\0" % needs.encode())

    assert list(Modules(tmp_path).load_order(("virtio_blk", "ext4", "virtio-ring"))) == [
        "virtio.ko",
        "virtio_ring.ko",
        "virtio_blk.ko",
    ]


def test_nodes_and_throttled_disks_are_on_qemus_command_line(monkeypatch):
    monkeypatch.setattr(machine, "path_of", lambda tool: tool)
    two = scenario(machine={"nodes_mib": [192, 320], "cpus_count": 3})
    drive = disks.Drive(serial="swap", path=Path("s"), mib_per_s=2.5, io_per_s=70)
    files = machine.Files(
        initramfs=Path("i"), drives=(drive,), stream=Path("t"), output=Path("o"), console=Path("c")
    )

    line = " ".join(
        machine.command(two, Kernel(version="6.1", release="r", directory=Path("k")), files)
    )

    assert "-smp 3 -m 512M " in line
    assert "-numa node,nodeid=0,memdev=m0,cpus=0,cpus=2 " in line
    assert (
        "-object memory-backend-ram,id=m1,size=320M -numa node,nodeid=1,memdev=m1,cpus=1 " in line
    )
    assert ",throttling.bps-total=2621440,throttling.iops-total=70 " in line
    assert "ignore_loglevel" in line


def test_the_recorder_is_told_every_path_that_vmadvisor_reads():
    told = plan.lines()

    assert len(told) == len(set(told))
    assert {
        "fast /proc/vmstat",
        "slow /proc/buddyinfo",
        "slow /sys/block/zram*/mm_stat",
        "changed /proc/sys/vm/min_free_kbytes",
        "changed /proc/sys/kernel/osrelease",
        "process oom_score_adj",
        "cgroup cgroup.procs",
    } <= set(told)


def test_the_plan_fits_the_recorders_tables():
    source = (GUEST / "recorder.c").read_text()

    for kind in ("process", "cgroup"):
        count = sum(line.startswith(kind) for line in plan.lines())
        assert 5 < count <= 32
    assert "#define NAMES_MAX 32" in source


def test_every_step_of_the_vocabulary_is_one_the_guest_knows():
    from lab.steps import FORMS

    source = (GUEST / "workload.c").read_text()

    for name, form in FORMS.items():
        assert f'"{name}"' in source
        for parameter in form.allowed - {"file", "command"}:
            assert f'"{parameter}"' in source, (name, parameter)


def test_a_kernel_that_no_release_has_is_refused_without_asking_anyone(tmp_path):
    with pytest.raises(kernels.LabError, match=r"no release has kernel 4\.4"):
        kernels.ensure("4.4", tmp_path)


@pytest.fixture
def fake_qemu(tmp_path, monkeypatch):
    """A program in QEMU's place; what it does is the test's."""

    def make(body):
        program = tmp_path / "qemu"
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        monkeypatch.setattr(machine, "path_of", {"qemu-system-x86_64": str(program)}.get)
        files = {name: tmp_path / name for name in ("initramfs", "stream", "output", "console")}
        kernel = Kernel(version="6.1", release="r", directory=tmp_path)
        return lambda **changes: machine.run(
            scenario(**changes), kernel, machine.Files(drives=(), **files)
        )

    return make


def test_a_guest_that_panics_at_boot_is_booted_again_and_said(fake_qemu, tmp_path):
    run = fake_qemu(
        f'cd {tmp_path}; if [ -e once ]; then echo "T" > stream; else touch once;'
        ' echo "[ 0.5] Kernel panic - not syncing: early" > console; fi'
    )

    outcome = run()

    assert outcome.boots_count == 2
    assert outcome.failed_boots == ("[ 0.5] Kernel panic - not syncing: early",)


def test_a_guest_that_never_boots_is_given_up_with_its_last_words(fake_qemu, tmp_path):
    run = fake_qemu(f"echo 'no bootable device' > {tmp_path}/console")

    with pytest.raises(machine.LabError, match="3 attempts: no bootable device"):
        run()


def test_what_qemu_refuses_is_told_in_its_words(fake_qemu):
    run = fake_qemu("echo 'no such CPU' >&2; exit 1")

    with pytest.raises(machine.LabError, match="qemu: no such CPU"):
        run()


def test_the_guest_has_vmadvisor_as_an_installation_leaves_it(tmp_path):
    from lab.root_image import PYZ, SITE, write_vmadvisor

    write_vmadvisor(tmp_path)

    site = tmp_path / SITE
    assert (tmp_path / PYZ).stat().st_mode & 0o100
    assert (site / "vmadvisor/urgent.py").exists()
    assert list((site / "vmadvisor/__pycache__").glob("urgent.*.pyc"))
    assert not list((site / "vmadvisor").glob("*.pyc"))


def test_what_is_put_under_fire_is_there_to_be_started():
    for path in sorted(SCENARIOS.glob("under-fire-*.toml")):
        commands = [line for one in load(path).process for line in one.script().splitlines()]
        (started,) = [line for line in commands if line.startswith("run ")]

        assert started.startswith("run sh /mnt/under_fire.sh ")
        assert started.split()[4] in {"thrash", "leak"}
    assert {"under_fire.sh", "under_fire.py", "fire.c"} <= {path.name for path in GUEST.iterdir()}
