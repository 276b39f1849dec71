"""What each kernel takes for a vm.* setting."""

import pytest

from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.kernel.setting_range import sysctl_range
from vmadvisor.sources.version import parse


@pytest.mark.parametrize(
    ("release", "name", "range_"),
    [
        ("5.4.0", "vm.swappiness", (0, 100)),
        ("5.10.1", "vm.swappiness", (0, 200)),
        ("5.10.1", "vm.watermark_scale_factor", (1, 1000)),
        ("6.1.0", "vm.watermark_scale_factor", (1, 3000)),
        ("4.4.0", "vm.watermark_scale_factor", None),
        ("4.19.0", "vm.watermark_boost_factor", None),
        ("5.4.0", "vm.watermark_boost_factor", (0, 2147483647)),
        ("6.1.0", "vm.zone_reclaim_mode", (0, 7)),
        ("6.1.0", "vm.panic_on_oom", None),
    ],
)
def test_the_range_is_the_kernels_own(release, name, range_):
    assert sysctl_range(name, behaviour_at(parse(f"Linux version {release} (x)"))) == range_
