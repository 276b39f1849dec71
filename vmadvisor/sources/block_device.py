"""``/sys/block/NAME/queue``: one block device, whole disks only (``block/blk-sysfs.c:queue_rotational_show``).

    rotational   1      it seeks, or its driver does not say: virtual disks often claim it
                 0      it does not

The family's key is the kernel's name: ``sda``, ``nvme0n1``, ``dm-0``.
"""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources._lines import from_file, unsigned
from vmadvisor.sources._source import DirectorySource

NAME = "queue/rotational"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockDevice:
    """``is_rotational`` is ``None`` where the file was not there."""

    is_rotational: bool | None


def _flag(text: str) -> bool:
    return unsigned(text.strip()) != 0


def parse(files: Mapping[str, str]) -> BlockDevice:
    r"""File name -> text in, record out.

    >>> parse({"queue/rotational": "1\n"}).is_rotational, parse({}).is_rotational
    (True, None)
    """
    return BlockDevice(is_rotational=from_file(files, NAME, _flag))


SOURCE = DirectorySource(
    path="sys/block/*",
    names=(NAME,),
    record=BlockDevice,
    parse=parse,
    cost="whether swap is on a disk that seeks cannot be told",
    optional=True,
)
