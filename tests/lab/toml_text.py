"""A scenario's tables as TOML, since the standard library only reads it.

>>> print(dump({"family": "leak", "sysctl": {"vm.swappiness": 10}, "process": [{"name": "a", "steps": [{"do": "free"}]}]}))
family = "leak"
<BLANKLINE>
[sysctl]
"vm.swappiness" = 10
<BLANKLINE>
[[process]]
name = "a"
steps = [{ do = "free" }]
<BLANKLINE>
"""

import json
import re
from collections.abc import Mapping

Table = Mapping[str, object]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def dump(table: Table) -> str:
    """Plain keys first, then tables, then arrays of tables, each once and one level deep."""
    plain = {key: value for key, value in table.items() if not _is_table(value)}
    parts = [_lines(plain)]
    for key, value in table.items():
        if isinstance(value, Mapping) and value:
            parts.append(f"[{_key(key)}]\n{_lines(value)}")
        elif _is_tables(value) and isinstance(value, list):
            parts += [f"[[{_key(key)}]]\n{_lines(entry)}" for entry in value]
    return "\n".join(parts)


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or _is_tables(value)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _lines(table: Table) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(entry)}" for key, entry in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(entry) for entry in value)}]"
    return json.dumps(value)
