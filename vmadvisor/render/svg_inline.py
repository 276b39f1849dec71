"""An SVG as matplotlib writes it, fitted into a page: named, described, in the page's own colours.

Colours become ``var(--blue)`` and the like, so that one picture serves a light and a dark page; what
identifiers there are get the picture's own prefix, for one page holds several.
"""

import re
from html import escape

from vmadvisor.render.ink import LIGHT

_OUTER = re.compile(r"<svg [^>]*viewBox=\"([0-9. ]+)\"[^>]*>(.*)</svg>", re.DOTALL)
_META = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_OWN_STYLE = re.compile(r"<defs>\s*<style type=\"text/css\">.*?</style>\s*</defs>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_GROUP_ID = re.compile(r"<g id=\"[^\"]*\"")
_ID = re.compile(r"\bid=\"([^\"]+)\"")
_REFERENCE = re.compile(r"(xlink:href=\"#|url\(#)")
_COLOUR = re.compile(r"(fill|stroke): (#[0-9a-f]{6})")
_FONT = re.compile(r"font: ([0-9.]+px) [^;\"]*")
_LINE_ENDS = re.compile(r"\s*\n\s*")

_NAMES = {shade: name for name, shade in LIGHT.items()}


def inline(svg: str, *, key: str, title: str, text: str) -> str:
    """The ``svg`` element alone; ``key`` is unique in the page, ``title`` and ``text`` are escaped here.

    Raises ``ValueError`` where it is no SVG of ours.
    """
    found = _OUTER.search(svg)
    if found is None:
        raise ValueError("no svg element with a view box")
    body = found[2]
    for pattern in (_META, _OWN_STYLE, _COMMENT):
        body = pattern.sub("", body)
    body = _GROUP_ID.sub("<g", body)
    body = _ID.sub(rf'id="{key}-\1"', body)
    body = _REFERENCE.sub(rf"\g<1>{key}-", body)
    body = _COLOUR.sub(_in_the_pages_colour, body)
    body = _FONT.sub(r"font-size: \1", body)
    body = _LINE_ENDS.sub("\n", body)
    return (
        f'<svg class="plot" role="img" viewBox="{found[1]}" aria-labelledby="{key}-title {key}-desc" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-desc">{escape(text)}</desc>{body}</svg>'
    )


def _in_the_pages_colour(match: re.Match[str]) -> str:
    name = _NAMES.get(match[2])
    return match[0] if name is None else f"{match[1]}: var(--{name})"
