"""``pmrep -o csv`` on a PCP archive, whose form is PCP's own affair and changes with it.

``pmrep`` prints a line for a record and keeps none; ``pcp2json`` keeps all of them until the end.
"""

import os
from collections.abc import Iterator, Sequence

from vmadvisor.collect.bounded_program import BoundedProgram
from vmadvisor.errors import RootError
from vmadvisor.sources.pcp_metrics import METRICS, WITHOUT_INSTANCES

WITHIN_S = 1800.0
"""An archive is a day: at a record a second a slow machine takes half of it."""

_PROGRAM = "pmrep"
_ASKED = (
    "--output", "csv", "--extended-csv", "--no-interpol", "--raw", "--ignore-unknown",
    "--timezone", "UTC", "--timestamp-format", "%Y-%m-%dT%H:%M:%S.%f",
)  # fmt: skip
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC"}
_MEMORY_MAX_BYTES = 2**30


def by_pmrep(archive: str) -> Iterator[bytes]:
    """The lines of the archive's records; ``RootError`` with the program's words where it prints none."""
    if "," in archive:
        raise RootError("PCP takes a comma in an archive's name for a list: rename it")
    words = ""
    # An archive that names a metric and not its instances is refused as long as that metric is asked for.
    for metrics in (METRICS, WITHOUT_INSTANCES):
        # No configuration of its user's, which could change what is printed.
        empty = os.memfd_create("pmrep.conf", os.MFD_CLOEXEC)
        try:
            run = _run(archive, metrics, empty)
            yield from run.output()
        finally:
            os.close(empty)
        if run.has_printed:
            return
        words = words or run.words
    raise RootError(words or f"{_PROGRAM} printed nothing")


def _run(archive: str, metrics: Sequence[str], configuration: int) -> BoundedProgram:
    return BoundedProgram(
        [
            _PROGRAM, "--config", f"/proc/self/fd/{configuration}",
            "--archive", os.path.abspath(archive), *_ASKED, *metrics,  # noqa: PTH100
        ],
        package="pcp, or pcp-system-tools",
        environment=_ENVIRONMENT,
        within_s=WITHIN_S,
        memory_max_bytes=_MEMORY_MAX_BYTES,
        descriptors=(configuration,),
    )  # fmt: skip
