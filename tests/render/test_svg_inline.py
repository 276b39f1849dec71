"""What a page takes of an SVG."""

import pytest

from vmadvisor.render.svg_inline import inline

SVG = """<?xml version="1.0"?>
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="1pt" viewBox="0 0 7 9" version="1.1">
 <metadata><x/></metadata>
 <defs>
  <style type="text/css">*{stroke: red}</style>
 </defs>
 <g id="figure_1"><defs><path id="m1"/></defs><use xlink:href="#m1" clip-path="url(#m1)"
 style="stroke: #0b62a8; fill: #123456"/><text style="font: 8px 'A', sans-serif">t</text></g>
</svg>
"""


def test_identifiers_are_the_pictures_own_and_colours_the_pages():
    text = inline(SVG, key="memory", title="T<", text='"D"')

    assert 'id="memory-m1"' in text
    assert 'xlink:href="#memory-m1"' in text
    assert "url(#memory-m1)" in text
    assert "stroke: var(--blue); fill: #123456" in text
    assert "<g><defs>" in text
    assert "font-size: 8px" in text


def test_it_is_named_and_described_and_nothing_else_is_left():
    text = inline(SVG, key="memory", title="T<", text='"D"')

    assert 'role="img"' in text
    assert '<title id="memory-title">T&lt;</title>' in text
    assert '<desc id="memory-desc">&quot;D&quot;</desc>' in text
    assert 'aria-labelledby="memory-title memory-desc"' in text
    assert 'viewBox="0 0 7 9"' in text
    assert "metadata" not in text
    assert "<style" not in text
    assert "<?xml" not in text


def test_what_is_no_svg_is_refused():
    with pytest.raises(ValueError, match="no svg"):
        inline("<p>", key="k", title="t", text="d")
