import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import hugepages
from vmadvisor.sources.hugepages import Hugepages

FILES = {
    "nr_hugepages": "64\n",
    "free_hugepages": "13\n",
    "resv_hugepages": "5\n",
    "surplus_hugepages": "2\n",
}


def test_every_field_has_its_own_value():
    assert hugepages.parse(FILES) == Hugepages(
        total_count=64, free_count=13, reserved_count=5, surplus_count=2
    )
    assert set(FILES) == set(hugepages.SOURCE.names)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_malformed_file_is_a_parse_error_that_names_it(name):
    with pytest.raises(ParseError, match=name):
        hugepages.parse(FILES | {name: "-1\n"})


def test_absent_is_none():
    assert hugepages.parse({"nr_hugepages": "64\n"}).free_count is None
