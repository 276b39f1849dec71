"""PCP's archives as text: what ``pmrep`` makes of them, or the JSON that ``pcp2json`` printed elsewhere."""

import os
import re
import stat
from collections.abc import Iterator

from vmadvisor.collect.exported_text import STANDARD_INPUT, Opened, exported_text, text_of
from vmadvisor.collect.pmrep_program import by_pmrep
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

DIRECTORY = "/var/log/pcp/pmlogger"
"""One directory for each host that is logged."""

JSON_MAX_BYTES = 2**30
CSV_MAX_BYTES = 2**30
"""A month at one record a minute is 50 MB of CSV; as JSON it is fourteen times as long."""

_PART = re.compile(r"(.+)\.(?:\d+|meta|index)(?:\.(?:xz|lzma|bz2|bz|gz|Z|z|zst))?", re.DOTALL)
_META = re.compile(r"(.+)\.meta(?:\.(?:xz|lzma|bz2|bz|gz|Z|z|zst))?", re.DOTALL)
_ARCHIVES_MAX_COUNT = 10_000


def pcp_paths(path: str) -> list[str]:
    """The file, or the archive of which it is a part; of a directory its archives, oldest first."""
    if path == STANDARD_INPUT:
        return [path]
    if os.path.isdir(path):  # noqa: PTH112
        found = _archives(path)
        if not found:
            raise RootError(f"{path}: it holds no archive of PCP (NAME.meta, NAME.index, NAME.0)")
        return found
    part = _PART.fullmatch(path)
    return [part[1]] if part is not None and _is_archive(part[1]) else [path]


def default_paths() -> list[str]:
    """Those that this host's ``pmlogger`` keeps of it; ``RootError`` where there are none."""
    own = os.uname().nodename
    try:
        names = sorted(os.listdir(DIRECTORY))  # noqa: PTH208
    except OSError as error:
        raise RootError(f"no archives of PCP here: {DIRECTORY}: {reason_of(error)}") from None
    # PCP names a host as the network does, the kernel often without its domain.
    for name in [own, *names]:
        is_own = own in {name, name.partition(".")[0]}
        if is_own and os.path.isdir(f"{DIRECTORY}/{name}"):  # noqa: PTH112
            return pcp_paths(f"{DIRECTORY}/{name}")
    raise RootError(f"no archives of PCP here: {DIRECTORY} has none of {own}")


def is_archive(path: str) -> bool:
    """Whether it is for ``pmrep``, else for who reads JSON."""
    return path != STANDARD_INPUT and _is_archive(path)


def pcp_text(path: str) -> Iterator[str]:
    """CSV of an archive, else JSON; ``RootError`` where there is none, ``DamageError`` where it breaks off."""
    if not is_archive(path):
        yield from exported_text(path, _neither, max_bytes=JSON_MAX_BYTES)
        return
    try:
        yield from text_of(by_pmrep(path), max_bytes=CSV_MAX_BYTES)
    except RootError as error:
        raise RootError(f"{path}: {error}") from None


def _neither(_found: Opened) -> Iterator[bytes]:
    raise RootError("expected an archive of PCP, or what pcp2json prints")


def _is_archive(base: str) -> bool:
    """Whether its parts lie there as files: nobody waits for a pipe."""
    directory, name = os.path.split(base)
    try:
        with os.scandir(directory or ".") as entries:
            metas = [
                entry
                for entry in entries
                if entry.name.startswith(f"{name}.meta") and _META.fullmatch(entry.name)
            ]
            return bool(metas) and all(stat.S_ISREG(meta.stat().st_mode) for meta in metas)
    except OSError:
        return False


def _archives(directory: str) -> list[str]:
    try:
        with os.scandir(directory) as entries:
            found = {
                match[1]: entry.stat().st_mtime
                for entry in entries
                if (match := _META.fullmatch(entry.path)) is not None and entry.is_file()
            }
    except OSError as error:
        raise RootError(f"{directory}: {reason_of(error)}") from None
    return sorted(found, key=lambda base: (found[base], base))[-_ARCHIVES_MAX_COUNT:]
