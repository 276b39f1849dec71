"""What tests of several rooms share: the optional collection of real trees, a recording written by hand."""

import atexit
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from vmadvisor.advise.finding import Quantity
from vmadvisor.advise.recommendation import Effect, Recommendation

settings.register_profile("house", deadline=None)  # a busy machine is no wrong result
settings.load_profile("house")

# What a check keeps, also one that a test starts as a process: never at this machine's own place.
os.environ["VMADVISOR_STATE_DIRECTORY"] = tempfile.mkdtemp(prefix="vmadvisor-tests-")
atexit.register(shutil.rmtree, os.environ["VMADVISOR_STATE_DIRECTORY"], ignore_errors=True)

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture
def state_directory(tmp_path, monkeypatch) -> Path:
    """Where this test's runs keep their files, shared with no other test's."""
    place = tmp_path / "state"
    monkeypatch.setenv("VMADVISOR_STATE_DIRECTORY", str(place))
    return place


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory beside the repository that holds real /proc trees, logs and recordings."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared on this machine")
    return SHARED


MEMINFO = """\
MemTotal: 400000 kB
MemFree: 80000 kB
MemAvailable: {available} kB
Active(anon): 9000 kB
Inactive(anon): 900 kB
Active(file): 5000 kB
Inactive(file): 500 kB
SwapTotal: 0 kB
SwapFree: 0 kB
"""
VMSTAT = """\
nr_free_pages 20000
nr_anon_pages 2475
nr_active_anon 2250
nr_active_file 1250
allocstall_normal {stalls}
pgsteal_kswapd 300
oom_kill {kills}
"""
ZONEINFO = """\
Node 0, zone   Normal
  pages free     20000
        boost    0
        min      700
        low      875
        high     1050
        spanned  100000
        present  100000
        managed  98000
        protection: (0, 0, 0, 0)
"""
PRESSURE = """\
some avg10=0.00 avg60=0.00 avg300=0.00 total={full_us}
full avg10=0.00 avg60=0.00 avg300=0.00 total={full_us}
"""


def _tick(second: int, event_s: int) -> dict[str, str]:
    came = second >= event_s
    return {
        "proc/vmstat": VMSTAT.format(stalls=40 + came, kills=2 * came),
        "proc/meminfo": MEMINFO.format(available=200_000 - 3_000 * second),
        "proc/zoneinfo": ZONEINFO,
        "proc/pressure/memory": PRESSURE.format(full_us=1_600_000 * came),
    }


@pytest.fixture
def written_recording(tmp_path: Path) -> Callable[..., Path]:
    """``written_recording("name", ticks_count=60, event_s=50)``: second 0 is 100.25 s after boot."""

    def write(name: str, *, ticks_count: int, event_s: int, without: str = "") -> Path:
        path = tmp_path / f"{name}.tar"
        with tarfile.open(path, "w") as archive:
            for second in range(ticks_count):
                for file, text in _tick(second, event_s).items():
                    if file == without:
                        continue
                    info = tarfile.TarInfo(f"{100 + second}.25/{file}")
                    info.size = len(text)
                    archive.addfile(info, io.BytesIO(text.encode()))
        return path

    return write


@pytest.fixture
def advice() -> Recommendation:
    """A recommendation of which every number is another."""
    effect = Effect(
        name="full_stall", unit="s_per_h", before=41.0, before_low=33.0, before_high=52.0, after=0.7,
        after_low=0.1, after_high=1.9,
    )  # fmt: skip
    return Recommendation(
        id="VMA-MARKS-001",
        key="sysctl:vm.watermark_scale_factor",
        scope="host",
        claim="kswapd is woken too late for these bursts",
        current=10,
        recommended=65,
        evidence=(Quantity(name="allocstall", value=3.5, unit="per_s", source="/proc/vmstat"),),
        counter_evidence=(),
        predicted=(effect,),
        confidence="medium",
        would_change=("another load",),
        risk="12 MiB more are kept free",
        command="sysctl -w vm.watermark_scale_factor=65",
        undo="sysctl -w vm.watermark_scale_factor=10",
        persist="/etc/sysctl.d/99-vmadvisor.conf: vm.watermark_scale_factor = 65",
        references=("mm/page_alloc.c:__setup_per_zone_wmarks",),
        finding_ids=("VMA-RECLAIM-001",),
    )
