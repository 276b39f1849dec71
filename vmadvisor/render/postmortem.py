"""Output formats of ``postmortem``: text, json, html, each written report by report.

A log can hold thousands of reports; none of the formats keeps more than one. A format is a module with
``begin``, ``one`` and ``end``, each of which returns text.
"""

from importlib import import_module
from typing import Protocol, cast

from vmadvisor.advise.postmortem import Postmortem
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Gap

FORMATS = {
    "text": "vmadvisor.render.postmortem_text",
    "json": "vmadvisor.render.postmortem_json",
    "html": "vmadvisor.render.postmortem_html",
}


class Writer(Protocol):
    """What such a module holds."""

    def begin(self, style: Style) -> str:
        """Before the first report."""

    def one(self, found: Postmortem, number: int, style: Style, *, has_all_tasks: bool) -> str:
        """One report; ``number`` counts from 1."""

    def end(self, count: int, gaps: tuple[Gap, ...], style: Style) -> str:
        """After the last report."""


def writer(name: str) -> Writer:
    """The module of a format, loaded only when asked for."""
    return cast("Writer", import_module(FORMATS[name]))
