r"""Names come from anyone: a process may call itself an escape sequence. Each output has its own guard.

``surrogateescape`` bytes (names that are no UTF-8, for example cut at 15 bytes) come out as ``\xNN``.
"""

import re
import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
"""Control, format (bidi overrides, zero width), private, surrogate, unassigned, line separators."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED_BYTES = range(0xDC80, 0xDD00)
"""How ``surrogateescape`` keeps the bytes 0x80 to 0xFF."""


def _byte_or_code(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if code in _ESCAPED_BYTES else f"\\u{code:04x}"


def decoded(text: str) -> str:
    r"""Undecodable bytes made visible, so that every encoder takes the text.

    >>> decoded("caf\udcc3"), decoded("\ud800")
    ('caf\\xc3', '\\ud800')
    """
    return text if text.isascii() else _SURROGATE.sub(_byte_or_code, text)


def terminal(text: str, *, is_unicode: bool = True) -> str:
    r"""One line that no terminal obeys: what is not printable becomes a visible escape.

    >>> terminal("a\x1b[31mb\nc"), terminal("café", is_unicode=False)
    ('a\\x1b[31mb\\nc', 'caf\\xe9')
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if _is_harmless(char, is_unicode=is_unicode) else _visible(char)
        for char in decoded(text)
    )


def _is_harmless(char: str, *, is_unicode: bool) -> bool:
    if not is_unicode and not char.isascii():
        return False
    return unicodedata.category(char) not in _HIDDEN


def _visible(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def nagios(text: str) -> str:
    """As ``terminal``; the bar that starts performance data is replaced.

    >>> nagios("a|b")
    'a/b'
    """
    return terminal(text).replace("|", "/")
