import pytest

from vmadvisor.model.backtest.resampling import Estimate
from vmadvisor.render.estimates import interval, point


@pytest.mark.parametrize(
    ("value", "text"), [(0.456, "0.46"), (9.99, "9.99"), (12.6, "13"), (None, "-")]
)
def test_a_value_has_as_many_digits_as_say_something(value, text):
    assert point(Estimate(value=value, low=None, high=None)) == text


def test_a_signed_value_says_its_sign_and_zero_is_never_negative():
    assert point(Estimate(value=0.3, low=None, high=None), is_signed=True) == "+0.30"
    assert point(Estimate(value=-0.004, low=None, high=None), is_signed=True) == "+0.00"
    assert point(Estimate(value=-0.006, low=None, high=None), is_signed=True) == "-0.01"


def test_an_interval_stands_in_parentheses_where_there_is_one():
    assert interval(Estimate(value=0.9751, low=0.951, high=1.0), 3) == "0.975 (0.951..1.000)"
    assert interval(Estimate(value=0.9751, low=None, high=None)) == "0.98"
    assert interval(Estimate(value=None, low=None, high=None)) == "-"
