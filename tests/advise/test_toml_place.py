"""The line of a key is that on which its statement begins, however it is written."""

import pytest

from vmadvisor.advise.toml_place import line_of

TEXT = """\
# a file
[targets]
full = 1

[critical]   # who must live
# names
services = [
  "a",
  "b",  # ] = [
]
"quoted.key" = 4

[[ignore]]
rule = "A"
[[ignore]]

rule = "B"
reason = '''
rule = "C"
'''
inline = { x = 1, y = 2 }
dotted.below.it = 7
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("targets",), 2),
        (("targets", "full"), 3),
        (("critical",), 5),
        (("critical", "services"), 7),
        (("critical", "services", 1), 7),
        (("critical", "quoted.key"), 11),
        (("ignore", 0, "rule"), 14),
        (("ignore", 1), 15),
        (("ignore", 1, "rule"), 17),
        (("ignore", 1, "reason"), 18),
        (("ignore", 1, "inline", "y"), 21),
        (("ignore", 1, "dotted", "below", "it"), 22),
    ],
)
def test_a_key_has_the_line_of_its_statement(path, line):
    assert line_of(TEXT, path) == line


def test_what_is_missing_has_the_line_of_where_it_should_be():
    assert line_of(TEXT, ("targets", "nope")) == 2
    assert line_of(TEXT, ("ignore", 0, "reason")) == 13
    assert line_of(TEXT, ("nope",)) == 1
    assert line_of("", ("nope",)) == 1


def test_windows_line_ends_count_as_one():
    assert line_of("a = 1\r\n\r\nb = 2\r\n", ("b",)) == 3
