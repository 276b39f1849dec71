import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import uptime
from vmadvisor.sources.uptime import Uptime


def test_the_first_number_is_the_time_since_boot():
    assert uptime.parse("350735.47 234388.90\n") == Uptime(uptime_s=350735.47)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "350735.47",
        "nan 1.00\n",
        "inf 1.00\n",
        "-5.00 1.00\n",
        "1e9 2.00\n",
        "²5.00 1.00\n",
        "9" * 100_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_time_is_a_parse_error(text):
    with pytest.raises(ParseError):
        uptime.parse(text)
