"""Formats of ``report``: a name, and a module with ``render(report, past, style) -> str``."""

from collections.abc import Callable
from importlib import import_module

from vmadvisor.advise.report import Report
from vmadvisor.model.past import Past
from vmadvisor.render.style import Style

FORMATS = {
    "html": "vmadvisor.render.report_html",
    "markdown": "vmadvisor.render.past_markdown",
    "text": "vmadvisor.render.past_text",
}
_ENDINGS = {"html": "html", "htm": "html", "md": "markdown", "markdown": "markdown"}


def renderer(name: str) -> Callable[[Report, Past, Style], str]:
    """The ``render`` function of a format."""
    function: Callable[[Report, Past, Style], str] = import_module(FORMATS[name]).render
    return function


def format_for(path: str) -> str:
    """The format that a file's ending asks for.

    >>> format_for("x.HTML"), format_for("a/b.md"), format_for("-")
    ('html', 'markdown', 'text')
    """
    return _ENDINGS.get(path.rpartition(".")[2].lower(), "text")
