"""One runnable file of this installation: a zip of the packages with a start stub (PEP 441).

Each module is in it twice, as source and compiled by this Python: another one passes over what it cannot
load (``zipimport`` compares the magic number) and compiles the source, at every start, for seconds.
"""

import importlib
import importlib.util
import marshal
import zipfile
from pathlib import Path

PACKAGES = ("vmadvisor", "click", "rich", "pyroute2", "jinja2", "markupsafe")
"""Pure Python only, or with a pure part to fall back on (markupsafe). rich needs pygments and markdown-it for what we never call: left out."""

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

_UNCHECKED_HASH = (1).to_bytes(4, "little")
"""PEP 552: the source's hash is there, and not compared: both are in one file."""

_MARSHAL_VERSION = 2
"""Without references between objects: what is shared depends on what this process did before."""


def _files(package: str) -> list[tuple[str, Path]]:
    base = Path(next(iter(importlib.import_module(package).__path__)))
    found = [
        path
        for path in base.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".so"
    ]
    return [(f"{package}/{path.relative_to(base).as_posix()}", path) for path in sorted(found)]


def build(target: Path) -> None:
    """Writes ``target``; the same installation gives the same bytes. ``OSError`` if it cannot."""
    with target.open("wb") as stream:
        stream.write(_STUB)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("__main__.py", _EPOCH), MAIN)
            for package in PACKAGES:
                for name, path in _files(package):
                    data = path.read_bytes()
                    _add(archive, name, data)
                    if path.suffix == ".py":
                        _add(archive, f"{name}c", _compiled(name, data))
    target.chmod(0o755)


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _compiled(name: str, source: bytes) -> bytes:
    """The module as a ``.pyc`` file."""
    code = compile(source, name, "exec", dont_inherit=True)
    head = importlib.util.MAGIC_NUMBER + _UNCHECKED_HASH + importlib.util.source_hash(source)
    return head + marshal.dumps(code, _MARSHAL_VERSION)
