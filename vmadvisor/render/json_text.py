"""Records as JSON text: absent is ``null``, severities are words, names that are no UTF-8 carry escapes."""

import json
from collections.abc import Mapping, Sequence

from vmadvisor.advise.finding import Severity
from vmadvisor.records import names
from vmadvisor.render.escape import decoded

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


_NUMBERS = frozenset({bool, int, float})

_NAMES = {"pid_id": "pid", "node_id": "node"}
"""Ours end in a unit; outside, a pid is a pid."""


def plain(value: object) -> Json:
    """Records, mappings and sequences as JSON knows them.

    >>> plain({"a": (1, None, Severity.OK)})
    {'a': [1, None, 'OK']}
    """
    if isinstance(value, str):
        return decoded(value)
    if value is None or type(value) in _NUMBERS:
        return value  # type: ignore[return-value]
    if isinstance(value, Severity):
        return value.name
    if isinstance(value, bool | int | float):
        return value
    fields = names(value)
    if fields is not None:
        return {_NAMES.get(name, name): plain(getattr(value, name)) for name in fields}
    if isinstance(value, Mapping):
        return {decoded(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    raise TypeError(type(value).__name__)


def dumps(value: object) -> str:
    """JSON text with a final newline; ASCII only, so that no encoding can spoil it."""
    return json.dumps(plain(value), indent=1, allow_nan=False) + "\n"


def line(value: object) -> str:
    """JSON text on one line, without a newline: for output that is written piece by piece.

    >>> line({"a": ("b", None)})
    '{"a": ["b", null]}'
    """
    return json.dumps(plain(value), allow_nan=False)
