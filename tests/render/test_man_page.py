"""Pages say what was put in, whatever it holds: formatted, nothing is obeyed and nothing is lost."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmadvisor.render.man_page import ManPage, Section, escaped, render

PAGE = ManPage(
    name="vmadvisor-odd",
    version="1.2.3",
    summary="what is odd",
    sections=(
        Section(
            title="DESCRIPTION", paragraphs=(".so /etc/passwd", "'quoted' \\fBbold\\fR -x `a` ^~")
        ),
        Section(
            title="OPTIONS",
            items=(("--root PATH", ".hidden -- and \\n"), ("-q, --quiet", "Nothing.")),
        ),
        Section(title="EXAMPLES", verbatim=("  .vmadvisor check", "", "'it' | x", "a\\c")),
    ),
)


def formatted(text):
    command = ["groff", "-ww", "-man", "-Tascii", "-rLL=78n", "-P-c"]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return subprocess.run(
        ["col", "-bx"], input=done.stdout, capture_output=True, text=True, timeout=60, check=True
    ).stdout


needs_groff = pytest.mark.skipif(
    not (shutil.which("groff") and shutil.which("col")), reason="no groff on this machine"
)


def test_every_line_of_text_is_either_a_macro_of_ours_or_safe():
    macros = (".TH ", ".SH ", ".PP", ".TP", ".nf", ".fi")

    for line in render(PAGE).splitlines():
        assert not line.startswith(("'", ".")) or line.startswith(macros)


@pytest.mark.parametrize(
    ("text", "roff"),
    [
        (".x", r"\&.x"),
        ("'x", r"\&\(aqx"),
        ("a\\b", r"a\eb"),
        ("--a-b", r"\-\-a\-b"),
        ('"^`~', r"\(dq\(ha\(ga\(ti"),
        ("→", r"\[u2192]"),
    ],
)
def test_what_roff_would_obey_is_escaped(text, roff):
    assert escaped(text) == roff


@needs_groff
def test_formatted_it_reads_as_it_was_put_in():
    words = formatted(render(PAGE)).split()
    text = " ".join(words)

    for expected in (
        "vmadvisor-odd - what is odd", ".so /etc/passwd", r"'quoted' \fBbold\fR -x `a` ^~",
        r"--root PATH .hidden -- and \n", "-q, --quiet Nothing.", r".vmadvisor check 'it' | x a\c",
    ):  # fmt: skip
        assert expected in text


@needs_groff
@settings(max_examples=15)
@given(
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=50)
)
def test_any_ascii_word_survives(word):
    page = ManPage(
        name="x", version="1", summary="y", sections=(Section(title="Z", verbatim=(word,)),)
    )

    assert word in formatted(render(page)).split()
