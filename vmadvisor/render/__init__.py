"""Output formats of ``check``: a new one is one module with ``render(report, style) -> str`` and one line."""

from collections.abc import Callable
from importlib import import_module

from vmadvisor.advise.report import Report
from vmadvisor.render.style import Style

RENDERERS = {
    "text": "vmadvisor.render.text_report",
    "json": "vmadvisor.render.json_report",
    "nagios": "vmadvisor.render.nagios",
    "prometheus": "vmadvisor.render.prometheus",
}
"""Format name -> module, loaded only when asked for: rich alone costs as much as a whole check."""


def renderer(name: str) -> Callable[[Report, Style], str]:
    """The ``render`` function of a format."""
    function: Callable[[Report, Style], str] = import_module(RENDERERS[name]).render
    return function
