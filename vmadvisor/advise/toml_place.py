"""The line on which a key of a TOML text is set.

``tomllib`` tells lines of what it cannot read only. The lines up to the end of a statement are a TOML text
of their own, so the statement that sets a key ends with the shortest such beginning that has the key, and it
starts after the longest one before that: right for dotted and quoted keys, and for values of many lines.
"""

import tomllib

Path = tuple[str | int, ...]


def _has(document: object, path: Path) -> bool:
    for part in path:
        if isinstance(part, int):
            if not isinstance(document, list) or part >= len(document):
                return False
            document = document[part]
        else:
            if not isinstance(document, dict) or part not in document:
                return False
            document = document[part]
    return True


def line_of(text: str, path: Path) -> int:
    r"""From 1; of a key that is not there, the line of what it is missing in.

    >>> line_of('[a]\n# x\n"b.c" = [\n 1,\n 2 ]\nd = 3\n', ("a", "b.c"))
    3
    """
    lines = text.replace("\r\n", "\n").split("\n")
    start = 1
    for end in range(1, len(lines) + 1):
        try:
            document = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        if _has(document, path):
            return _first_written(lines, start, end)
        start = end + 1
    return line_of(text, path[:-1]) if path else 1


def _first_written(lines: list[str], start: int, end: int) -> int:
    """The first line of the statement that is neither empty nor a comment."""
    for number in range(start, end):
        line = lines[number - 1].strip()
        if line and not line.startswith("#"):
            return number
    return end
