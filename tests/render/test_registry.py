"""A format is a name, a module and nothing else."""

import pytest

from vmadvisor.render import RENDERERS, renderer
from vmadvisor.render.style import Style


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_renders_the_canonical_report_twice_the_same(report, name):
    render = renderer(name)
    text = render(report, Style())

    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert render(report, Style()) == text
