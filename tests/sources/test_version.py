import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import version
from vmadvisor.sources.version import KernelVersion


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Linux version 2.6.32-754.el6.x86_64 (mock@x) #1\n", ("2.6.32-754.el6.x86_64", 2, 6, 32)),
        ("Linux version 3.10.0-957.el7.x86_64 (gcc) #1\n", ("3.10.0-957.el7.x86_64", 3, 10, 0)),
        ("Linux version 6.12.94+deb13-amd64 (d@d)\n", ("6.12.94+deb13-amd64", 6, 12, 94)),
        ("Linux version 7.2-rc4 (a@b)\n", ("7.2-rc4", 7, 2, 0)),
    ],
)
def test_release_and_numbers_are_those_of_uname(text, expected):
    release, major, minor, patch = expected

    assert version.parse(text) == KernelVersion(
        release=release, major_version=major, minor_version=minor, patch_version=patch
    )


def test_versions_compare_by_number():
    assert (
        version.parse("Linux version 5.10.1\n").base > version.parse("Linux version 5.9.16\n").base
    )


@pytest.mark.parametrize("text", ["", "FreeBSD 14.1\n", "Linux version ²\n", "Linux version ٣.٣\n"])
def test_what_names_no_version_is_a_parse_error(text):
    with pytest.raises(ParseError):
        version.parse(text)
