"""One runnable file of this installation: a zip of the packages with a start stub (PEP 441)."""

import importlib
import zipfile
from pathlib import Path

PACKAGES = ("vmadvisor", "click", "rich")
"""Pure Python only. rich needs pygments and markdown-it for what we never call: left out."""

_STUB = b"#!/usr/bin/env python3\n"
MAIN = """\
import sys

if sys.version_info < (3, 11):
    sys.stderr.write("vmadvisor: it needs Python 3.11 or later, this is %d.%d\\n" % sys.version_info[:2])
    sys.exit(3)
from vmadvisor.__main__ import main

main()
"""
"""Also read by the older Pythons it refuses, whose own error would exit 1 and read as WARNING."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def _files(package: str) -> list[tuple[str, Path]]:
    base = Path(next(iter(importlib.import_module(package).__path__)))
    found = [path for path in base.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [(f"{package}/{path.relative_to(base).as_posix()}", path) for path in sorted(found)]


def build(target: Path) -> None:
    """Writes ``target``; the same installation gives the same bytes. ``OSError`` if it cannot."""
    with target.open("wb") as stream:
        stream.write(_STUB)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("__main__.py", _EPOCH), MAIN)
            for package in PACKAGES:
                for name, path in _files(package):
                    info = zipfile.ZipInfo(name, _EPOCH)
                    info.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(info, path.read_bytes())
    target.chmod(0o755)
