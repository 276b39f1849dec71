"""``/proc/version``: ``Linux version 6.12.94+deb13-amd64 (builder@host) ...`` (``fs/proc/version.c``)."""

import re

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._source import FileSource

_RELEASE = re.compile(r"\bversion (\d{1,3})\.(\d{1,3})(?:\.(\d{1,4}))?(\S*)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelVersion:
    """``release`` as ``uname -r`` prints it; stable and distribution kernels backport, so this is a hint."""

    release: str
    major_version: int
    minor_version: int
    patch_version: int

    @property
    def base(self) -> tuple[int, int]:
        """(major, minor), for comparisons with the version a change was merged in."""
        return (self.major_version, self.minor_version)


def parse(text: str) -> KernelVersion:
    r"""Text of /proc/version in, record out.

    >>> parse("Linux version 5.10.0-32-amd64 (debian-kernel@lists.debian.org)\n").base
    (5, 10)
    """
    match = _RELEASE.search(text[:500])
    if match is None:
        raise ParseError(f"expected 'version N.N', found {text[:60]!r}", line_number=1)
    major, minor, patch, rest = match.groups()
    dotted = f"{major}.{minor}" + (f".{patch}" if patch is not None else "")
    return KernelVersion(
        release=dotted + rest,
        major_version=int(major),
        minor_version=int(minor),
        patch_version=int(patch or 0),
    )


SOURCE = FileSource(
    path="proc/version",
    record=KernelVersion,
    parse=parse,
    cost="the kernel's rules are inferred from the files' formats",
)
