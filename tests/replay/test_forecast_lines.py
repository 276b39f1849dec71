import json

from vmadvisor.model.backtest.series import UNTOLD
from vmadvisor.model.backtest.trial import Trial
from vmadvisor.replay.forecast_lines import line


def trial(**known):
    fields = {
        "time_s": 13.407451,
        "step_s": 1.0,
        "event": "oom",
        "scope": "host",
        "horizon_s": 10.0,
        "probability_ratio": 0.02,
        "low_ratio": 0.004,
        "high_ratio": 0.07,
        "outcome": UNTOLD,
        "guesses": (),
    }
    return Trial(**(fields | known))


def test_a_line_has_the_fields_of_the_interface_and_nothing_else():
    assert line("001-leak", trial()) == (
        '{"recording": "001-leak", "time_s": 13.407451, "event": "oom", "scope": "host", '
        '"horizon_s": 10, "probability": 0.02, "low": 0.004, "high": 0.07}\n'
    )


def test_what_was_not_said_is_null_and_half_a_second_stays_half():
    text = line("x", trial(horizon_s=2.5, probability_ratio=None, low_ratio=None, high_ratio=None))

    assert '"horizon_s": 2.5, "probability": null, "low": null, "high": null' in text


def test_a_name_that_is_no_ascii_still_makes_one_ascii_line():
    text = line("löck\n\udc80", trial(scope="/a\nb"))

    assert text.isascii()
    assert text.count("\n") == 1
    assert json.loads(text)["recording"] == "löck\n\udc80"
