"""sysctl.d(5)'s own forms; what is none of them is ignored, as by the programs that read the files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.sources.sysctl_conf import dotted, parse

TEXT = """\
# comment
; another
vm.swappiness = 10
vm/dirty_bytes=1048576
  -vm.nr_hugepages =  8
-net.ipv4.conf.all.rp_filter
vm.overcommit_* = 1
kernel.core_pattern = |/bin/x a=b
no assignment
= 4
net/ipv4/conf/enp3s0.200/forwarding = 1
vm.swappiness = 20"""


def test_every_form_has_its_key_value_and_line():
    found = [(one.key, one.value, one.line) for one in parse(TEXT).settings]

    assert found == [
        ("vm.swappiness", "10", 3),
        ("vm.dirty_bytes", "1048576", 4),
        ("vm.nr_hugepages", "8", 5),
        ("net.ipv4.conf.all.rp_filter", None, 6),
        ("vm.overcommit_*", "1", 7),
        ("kernel.core_pattern", "|/bin/x a=b", 8),
        ("net.ipv4.conf.enp3s0/200.forwarding", "1", 11),
        ("vm.swappiness", "20", 12),
    ]


@pytest.mark.parametrize(
    ("key", "is_pattern"), [("vm.*", True), ("vm.x?", True), ("vm.[ab]", True), ("vm.x", False)]
)
def test_a_pattern_is_told(key, is_pattern):
    (setting,) = parse(f"{key}=1\n").settings

    assert setting.is_pattern is is_pattern


def test_a_dot_first_keeps_slashes_as_they_are():
    assert dotted("net.ipv4.conf.enp3s0/200.x") == "net.ipv4.conf.enp3s0/200.x"


@given(text=st.text())
def test_any_text_gives_a_record(text):
    assert all(one.key for one in parse(text).settings)
