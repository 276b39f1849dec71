"""Colours and strokes by role: one palette, told apart by the colour-blind, a light and a dark shade of each.

Lines that could be confused differ in their dashes too. Each shade has a contrast of 4.5 or more against
its page.
"""

from typing import Final

LIGHT: Final = {
    "ink": "#1b1f24", "soft": "#59626b", "rule": "#d5dae0", "page": "#ffffff", "panel": "#f5f7f9",
    "blue": "#0b62a8", "orange": "#b25900", "teal": "#00745a", "purple": "#86398c", "grey": "#66707a",
    "red": "#b3261e", "green": "#1f7a33", "amber": "#8f5a00",
}  # fmt: skip
DARK: Final = {
    "ink": "#e6e9ec", "soft": "#a5aeb7", "rule": "#3a424a", "page": "#14181c", "panel": "#1d2328",
    "blue": "#6fb8f2", "orange": "#f2a24f", "teal": "#4fcaa6", "purple": "#d79bdc", "grey": "#9aa4ad",
    "red": "#ff8f85", "green": "#6fce85", "amber": "#eab95c",
}  # fmt: skip

STROKES: Final = {
    "available": ("blue", "-", 1.6),
    "free": ("teal", "-", 1.2),
    "high": ("grey", ":", 1.2),
    "low": ("orange", "--", 1.2),
    "min": ("red", "-.", 1.2),
    "kswapd": ("blue", "-", 1.2),
    "direct": ("orange", "-", 1.2),
    "stall": ("red", "-", 1.2),
    "some": ("blue", "-", 1.2),
    "full": ("red", "-", 1.4),
    "io": ("grey", "--", 1.1),
    "anon": ("purple", "-", 1.2),
    "file": ("teal", "-", 1.2),
    "shmem": ("orange", "-", 1.2),
    "slab": ("blue", "-", 1.2),
    "other": ("grey", "-", 1.2),
    "in": ("orange", "-", 1.2),
    "out": ("blue", "--", 1.2),
    "before": ("grey", "-", 1.2),
    "after": ("blue", "-", 1.2),
}
"""Role -> (colour, dashes, width in points)."""


def css_variables(shades: dict[str, str]) -> str:
    """Declarations of custom properties.

    >>> css_variables({"ink": "#111111", "page": "#ffffff"})
    '--ink: #111111; --page: #ffffff;'
    """
    return " ".join(f"--{name}: {shade};" for name, shade in shades.items())
