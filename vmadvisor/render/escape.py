r"""Names come from anyone: a process may call itself an escape sequence. Each output has its own guard.

``surrogateescape`` bytes (names that are no UTF-8, for example cut at 15 bytes) come out as ``\xNN``.
"""

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Control, format (bidi overrides, zero width), private, surrogate, unassigned, line separators."""


def decoded(text: str) -> str:
    r"""Undecodable bytes made visible, so that every encoder takes the text.

    >>> decoded("caf\udcc3")
    'caf\\xc3'
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def terminal(text: str) -> str:
    r"""One line that no terminal obeys: what is not printable becomes a visible escape.

    >>> terminal("a\x1b[31mb\nc")
    'a\\x1b[31mb\\nc'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if unicodedata.category(char) not in _HIDDEN else _visible(char)
        for char in decoded(text)
    )


def _visible(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def nagios(text: str) -> str:
    """As ``terminal``; the bar that starts performance data is replaced.

    >>> nagios("a|b")
    'a/b'
    """
    return terminal(text).replace("|", "/")
