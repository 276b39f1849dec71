import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import pid_cgroup


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("0::/system.slice/cron.service\n", "/system.slice/cron.service"),
        ("11:cpu,memory:/docker/ab\n1:name=systemd:/x\n0::/init.scope\n", "/docker/ab"),
        ("1:name=systemd:/x\n0::/init.scope\n", "/init.scope"),
        ("0::/a:b\n", "/a:b"),
        ("9:memoryless:/x\n0::/y\n", "/y"),
    ],
    ids=["v2", "v1", "v2 beside named", "colon", "prefix"],
)
def test_the_hierarchy_that_accounts_memory_counts(text, path):
    assert pid_cgroup.parse(text).path == path


@pytest.mark.parametrize("text", ["", "x\n", "4:cpu:/x\n", "0::/torn"])
def test_no_memory_hierarchy_is_a_parse_error(text):
    with pytest.raises(ParseError):
        pid_cgroup.parse(text)
