"""Sections, keys, continued lines; the line of a key is that on which it stands."""

from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.sources.ini_file import parse

TEXT = """\
stray = 1
[Unit]
Description=a = b
; comment
[Service]
ExecStart=/usr/sbin/mysqld \\
  # --not-this
  --daemonize
OOMScoreAdjust=-600
OOMScoreAdjust = -700
broken
[Slice]
OOMScoreAdjust=3
"""


def test_entries_have_their_section_and_line():
    found = [(one.section, one.key, one.value, one.line) for one in parse(TEXT).entries]

    assert found == [
        ("Unit", "Description", "a = b", 3),
        ("Service", "ExecStart", "/usr/sbin/mysqld --daemonize", 6),
        ("Service", "OOMScoreAdjust", "-600", 9),
        ("Service", "OOMScoreAdjust", "-700", 10),
        ("Slice", "OOMScoreAdjust", "3", 13),
    ]


def test_the_last_of_a_section_counts():
    found = parse(TEXT)

    assert found.last("Service", "OOMScoreAdjust").value == "-700"
    assert found.last("Service", "Nice") is None
    assert [one.line for one in found.all("Service")] == [6, 9, 10]


@given(text=st.text())
def test_any_text_gives_a_record(text):
    assert all(one.line > 0 for one in parse(text).entries)
