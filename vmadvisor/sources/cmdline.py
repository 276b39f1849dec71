"""``/proc/cmdline``: ``BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro psi=1``, the kernel's boot arguments."""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._source import FileSource

_TRUE = frozenset({"1", "y", "Y", "on"})
_FALSE = frozenset({"0", "n", "N", "off"})
"""Spellings of ``lib/kstrtox.c:kstrtobool``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cmdline:
    """Arguments up to ``--``; what follows is init's. Quoted blanks are not kept together."""

    args: tuple[str, ...]

    @property
    def psi(self) -> bool | None:
        """What ``psi=`` asks for, the last one counting; ``None`` where the kernel's default rules."""
        for arg in reversed(self.args):
            if arg.startswith("psi="):
                word = arg.removeprefix("psi=")
                return True if word in _TRUE else False if word in _FALSE else None
        return None

    @property
    def delayacct(self) -> bool | None:
        """``delayacct`` (5.14+) or ``nodelayacct`` (before); ``None`` where the default rules."""
        for arg in reversed(self.args):
            if arg in {"delayacct", "nodelayacct"}:
                return arg == "delayacct"
        return None


def parse(text: str) -> Cmdline:
    r"""Text in, record out.

    >>> cmdline = parse("ro quiet psi=1 delayacct\n")
    >>> cmdline.args, cmdline.psi, cmdline.delayacct
    (('ro', 'quiet', 'psi=1', 'delayacct'), True, True)
    """
    if "\0" in text:
        raise ParseError("a NUL byte: this is no kernel command line", line_number=1)
    args = text.split()
    if "--" in args:
        args = args[: args.index("--")]
    return Cmdline(args=tuple(args))


SOURCE = FileSource(
    path="proc/cmdline",
    record=Cmdline,
    parse=parse,
    cost="whether PSI or delay accounting were switched off at boot cannot be told",
)
