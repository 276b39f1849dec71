"""``--write DIR``: the plan's files, written where nothing foreign stands in the way."""

import errno
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from vmadvisor.advise.report import Report
from vmadvisor.render.plan_files import MARK, PLAN, PLAN_SCHEMA, UNDO, plan_files

_MARK_BYTES = 4096


def _is_ours(path: Path) -> bool:
    """A plain file that says so near its beginning; a link is nobody's we know."""
    return has_mark(path, f'"schema": "{PLAN_SCHEMA}"' if path.name == PLAN else MARK)


def has_mark(path: Path, mark: str) -> bool:
    """Whether a plain file, no link, holds the mark near its beginning."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as stream:
        return mark.encode() in stream.read(_MARK_BYTES)


def write_plan(report: Report, directory: Path) -> list[Path]:
    """Writes all or nothing of it: first every place is looked at. ``ClickException`` names what stands there."""
    return write_ours(directory, plan_files(report), _is_ours)


def write_ours(
    directory: Path, files: Mapping[str, str], is_ours: Callable[[Path], bool]
) -> list[Path]:
    """The files by name, over ours alone; ``ClickException`` names what stands in the way."""
    places = {directory / name: text for name, text in files.items()}
    for path in places:
        for parent in path.relative_to(directory).parents:
            if (directory / parent).is_symlink() and parent != Path():
                raise click.ClickException(f"{directory / parent}: a link, not written through")
        if (path.exists() or path.is_symlink()) and not is_ours(path):
            raise click.ClickException(f"{path}: not written by vmadvisor, left as it is")
    try:
        for path, text in places.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, text)
    except OSError as error:
        raise click.ClickException(
            f"{error.filename}: {os.strerror(error.errno or errno.EIO)}"
        ) from None
    return list(places)


def _replace(path: Path, text: str) -> None:
    """Whole or not at all: written beside it, then renamed."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(beside, flags, 0o755 if path.name == UNDO else 0o644)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    beside.replace(path)
