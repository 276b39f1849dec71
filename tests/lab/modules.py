"""Kernel modules that a guest needs, with those they depend on, in load order.

``depends=virtio_ring,virtio`` stands in each module's ``.modinfo`` section (``scripts/mod/modpost.c``),
so no ``depmod`` is needed. A module that is not there is built in.
"""

import lzma
import re
from pathlib import Path

from lab.tools import call

_DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")


class Modules:
    """The modules of one kernel, by name; ``-`` and ``_`` are the same to the kernel."""

    def __init__(self, directory: Path) -> None:
        self._paths = {_name(path): path for path in sorted(directory.rglob("*.ko*"))}

    def load_order(self, wanted: tuple[str, ...]) -> dict[str, bytes]:
        """File name -> the module, each after what it depends on."""
        found: dict[str, bytes] = {}
        for name in wanted:
            self._add(name.replace("-", "_"), found)
        return found

    def _add(self, name: str, found: dict[str, bytes]) -> None:
        path = self._paths.get(name)
        if path is None or f"{name}.ko" in found:
            return
        module = _read(path)
        match = _DEPENDS.search(module)
        for needed in match[1].decode().split(",") if match and match[1] else ():
            self._add(needed.replace("-", "_"), found)
        found[f"{name}.ko"] = module


def _name(path: Path) -> str:
    return path.name.split(".ko", 1)[0].replace("-", "_")


def _read(path: Path) -> bytes:
    if path.suffix == ".xz":
        return lzma.decompress(path.read_bytes())
    if path.suffix == ".zst":
        plain = path.with_suffix("")
        call("zstd", "-qdf", str(path), "-o", str(plain))
        return plain.read_bytes()
    return path.read_bytes()
