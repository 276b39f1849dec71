"""The records' own decorator behaves as the standard one does, but for its cost."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, replace

import pytest

from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A record with every kind of field."""

    name: str
    low_pages: int
    high_pages: int | None = None
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def doubled_pages(self) -> int:
        return self.low_pages * 2


class OtherMark(Mark):
    """A plain subclass: another type, the same fields."""

    __slots__ = ()


def test_defaults_fill_what_was_not_given():
    mark = Mark(name="min", low_pages=3)

    assert (mark.name, mark.low_pages, mark.high_pages, mark.parts) == ("min", 3, None, {})


def test_every_record_gets_a_container_of_its_own():
    assert Mark(name="a", low_pages=1).parts is not Mark(name="b", low_pages=2).parts


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"name": "min"}, "low_pages"),
        ({"name": "min", "low_pages": 3, "speed": 4}, "speed"),
        ({"name": "min", "low_pages": 3, "high_pages": 5, "parts": {}, "speed": 4}, "speed"),
        ({"name": "min", "high_pages": 5, "parts": {}, "speed": 4}, "low_pages"),
    ],
)
def test_a_missing_or_unknown_keyword_is_a_type_error_that_names_it(given, word):
    with pytest.raises(TypeError, match=word):
        Mark(**given)


def test_positional_arguments_are_refused():
    with pytest.raises(TypeError):
        Mark("min", 3)


def test_nothing_can_be_assigned_or_deleted():
    mark = Mark(name="min", low_pages=3)

    with pytest.raises(FrozenInstanceError, match="low_pages"):
        mark.low_pages = 4
    with pytest.raises(FrozenInstanceError, match="low_pages"):
        del mark.low_pages
    with pytest.raises(FrozenInstanceError):
        mark.new = 1
    assert mark.low_pages == 3


def test_equality_is_by_type_and_value():
    assert Mark(name="min", low_pages=3) == Mark(name="min", low_pages=3)
    assert Mark(name="min", low_pages=3) != Mark(name="min", low_pages=4)
    assert Mark(name="min", low_pages=3) != OtherMark(name="min", low_pages=3)
    assert Mark(name="min", low_pages=3) != ("min", 3, None, {})


def test_equal_records_have_equal_hashes():
    one, two = (Mark(name="min", low_pages=3, parts=()) for _ in range(2))

    assert hash(one) == hash(two)
    assert hash(one) != hash(Mark(name="low", low_pages=3, parts=()))


def test_repr_shows_the_type_and_every_field():
    shown = repr(OtherMark(name="min", low_pages=3))

    assert shown == "OtherMark(name='min', low_pages=3, high_pages=None, parts={})"


def test_the_standard_tools_know_its_fields():
    mark = Mark(name="min", low_pages=3, parts={"a": 7})

    assert [f.name for f in fields(Mark)] == ["name", "low_pages", "high_pages", "parts"]
    assert replace(mark, low_pages=5).doubled_pages == 10
    assert asdict(mark) == {"name": "min", "low_pages": 3, "high_pages": None, "parts": {"a": 7}}


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_copy_is_equal(again):
    mark = OtherMark(name="min", low_pages=3, high_pages=9, parts={"a": 7})

    assert again(mark) == mark


def test_a_record_of_the_package_survives_pickling():
    from vmadvisor.sources.uptime import Uptime

    assert pickle.loads(pickle.dumps(Uptime(uptime_s=7.5))) == Uptime(uptime_s=7.5)


def test_records_have_no_dictionary():
    assert not hasattr(Mark(name="min", low_pages=3), "__dict__")


@pytest.mark.parametrize("flag", ["frozen", "slots", "kw_only"])
def test_a_record_that_is_not_frozen_slotted_and_keyword_only_is_refused(flag):
    flags = {"frozen": True, "slots": True, "kw_only": True, flag: False}

    with pytest.raises(TypeError):
        dataclass(**flags)
