"""``check --on-change``: whether a verdict is news, by a small file that says what was told last.

What cannot be read or kept makes every verdict news: better told twice than not at all. A partial answer
(``urgent_answer``), for which time did not suffice, is always told.
"""

import json
import os
import sys
import time
from contextlib import suppress
from math import isfinite

from vmadvisor.advise.finding import EXIT_CODES, Severity
from vmadvisor.cli._check_options import CheckOptions
from vmadvisor.collect.roots import LIVE
from vmadvisor.collect.state_file import read_state, replace_state, writable_path
from vmadvisor.errors import RootError, StateError
from vmadvisor.monitoring.on_change import Stretch, Told, next_told
from vmadvisor.render.escape import terminal

NAME = "on-change.json"
_SIZE_MAX_BYTES = 4096
_VERSION = 1
_STATUSES = {status.name: status for status in EXIT_CODES}


def is_news(status: Severity, options: CheckOptions) -> bool:
    """Whether to print; the file is brought up to date, and ``untold`` takes that back."""
    if options.state is None and options.root != LIVE:
        raise RootError("--on-change of another root than this host needs --state FILE")
    try:
        path = writable_path(NAME) if options.state is None else options.state
        told, is_news_now = next_told(_told(path), status, time.time())
        replace_state(path, _text(told), is_lasting=False)
    except StateError as error:
        _say(f"--on-change: {error}; every verdict is told")
        return True
    return is_news_now


def untold(options: CheckOptions) -> None:
    """What could not be printed was not told: the next run begins anew, and tells."""
    with suppress(OSError, StateError):
        os.unlink(writable_path(NAME) if options.state is None else options.state)  # noqa: PTH108


def _told(path: str) -> Told | None:
    """What the file says; ``None`` where it is not there, or is not what we write."""
    try:
        text = read_state(path, _SIZE_MAX_BYTES)
        return None if text is None else parse(text)
    except StateError as error:
        _say(f"--on-change: {path}: {error}; begun anew")
        return None


def parse(text: str) -> Told:
    """The file's content; ``StateError`` where it is another's, or damaged.

    >>> parse('{"version": 1, "status": "OK", "better": {}}').status.name
    'OK'
    """
    try:
        table = json.loads(text)
        if table["version"] != _VERSION:
            raise StateError(f"it is of version {table['version']!r}")
        better = {
            _STATUSES[name]: Stretch(since_s=float(since_s), runs_count=int(count))
            for name, (since_s, count) in table["better"].items()
        }
        if not all(isfinite(one.since_s) for one in better.values()):
            raise StateError("a time in it is no number")
        return Told(status=_STATUSES[table["status"]], better=better)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise StateError("it is no state of ours") from None


def _text(told: Told) -> str:
    better = {level.name: [one.since_s, one.runs_count] for level, one in told.better.items()}
    return json.dumps({"version": _VERSION, "status": told.status.name, "better": better}) + "\n"


def _say(sentence: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"vmadvisor: {terminal(sentence)}\n")
