import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import pid_statm
from vmadvisor.sources.pid_statm import PidStatm


def test_every_field_has_its_own_value():
    assert pid_statm.parse("1024 321 200 4 0 90 0\n") == PidStatm(
        size_pages=1024, resident_pages=321, shared_pages=200
    )


@pytest.mark.parametrize("text", ["", "1 2", "1 x 3 4", "-1 2 3 4", "1 2 ²"])
def test_malformed_texts_are_parse_errors(text):
    with pytest.raises(ParseError):
        pid_statm.parse(text)
