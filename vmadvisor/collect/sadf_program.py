"""``sadf -j`` on a binary archive of sysstat, whose form is that program's own affair and changes with it."""

from collections.abc import Iterator

from vmadvisor.collect.bounded_program import BoundedProgram
from vmadvisor.errors import RootError

WITHIN_S = 60.0

_PROGRAM = "sadf"
_ASKED = (
    ("-B", "-W", "-r", "ALL", "-S", "-q", "MEM,IO"),
    ("-B", "-W", "-r", "ALL", "-S"),
    ("-B", "-W", "-r", "-S"),
)
"""PSI came with 12.3, ``-r ALL`` with 11.5; an older program refuses the word and prints nothing."""

_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "S_TIME_FORMAT": "ISO"}
_MEMORY_MAX_BYTES = 512 * 2**20


def by_sadf(descriptor: int) -> Iterator[bytes]:
    """The first set of activities that the program knows; ``RootError`` with its words where it knows none."""
    words = ""
    for asked in _ASKED:
        run = BoundedProgram(
            [_PROGRAM, "-j", f"/proc/self/fd/{descriptor}", "--", *asked],
            package="sysstat",
            environment=_ENVIRONMENT,
            within_s=WITHIN_S,
            memory_max_bytes=_MEMORY_MAX_BYTES,
            descriptors=(descriptor,),
        )
        yield from run.output()
        if run.has_printed:
            return
        words = run.words or f"{_PROGRAM} printed nothing"
    raise RootError(words)
