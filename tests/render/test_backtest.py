"""The backtest's figures as a person, a program and a README take them."""

import json
from dataclasses import replace

import pytest

from vmadvisor.model.backtest.evaluation import evaluation
from vmadvisor.model.backtest.guess import Guess
from vmadvisor.model.backtest.series import Outcome
from vmadvisor.model.backtest.trial import Trial, Trials
from vmadvisor.render.backtest import FORMATS
from vmadvisor.render.style import Style


def trials(event, horizon_s, offset):
    """Twenty instants; the event comes at the twelfth. The forecast rises before it, every rule always shouts."""
    for second in range(20):
        came = 12 - horizon_s <= second < 12
        yield Trial(
            time_s=float(second),
            step_s=1.0,
            event=event,
            scope="host",
            horizon_s=horizon_s,
            probability_ratio=min(1.0, 0.03 + 0.05 * second + offset) if second < 12 else 0.02,
            low_ratio=None,
            high_ratio=None,
            outcome=Outcome(
                came=came,
                was_absent=not 12 <= second < 12 + horizon_s,
                lead_s=12.5 - second if came else None,
            ),
            guesses=tuple(Guess(score=float(second), is_alarm=True) for _ in range(9)),
        )


@pytest.fixture
def found():
    recordings = [
        Trials(name=name, trials=(*trials("oom", 5.0, offset), *trials("oom_global", 4.0, offset)))
        for name, offset in (("a", 0.0), ("b", 0.1), ("c", -0.03))
    ]
    return evaluation(recordings)


def test_text_keeps_to_eighty_columns_and_to_ascii_where_asked(found):
    text = FORMATS["text"](found, Style(is_unicode=False))

    assert max(map(len, text.splitlines())) <= 80
    assert text.isascii()
    assert "~" not in text  # nothing was cut


def test_text_shows_both_tables_of_an_event_and_how_probabilities_fared(found):
    lines = FORMATS["text"](found, Style()).splitlines()

    assert lines[0] == "oom, 5 s ahead: 60 instants of 3 recordings, 3 onsets"
    assert sum(line.startswith("vmadvisor ") for line in lines) == 4
    assert sum(line.startswith("persistence ") for line in lines) == 4
    assert any(line.startswith("not in last 5 s") for line in lines)
    (alarms, _) = [line for line in lines if line.startswith("alarms: ")]
    assert alarms == "alarms: 1.00 (1.00..1.00) of onsets warned of, 2.5 (2.5..4.5) s before; 0.0"
    assert any(line.startswith("0.5 to 0.6") for line in lines)


def test_nothing_said_is_said():
    silent = tuple(replace(one, probability_ratio=None) for one in trials("oom", 5.0, 0.0))
    text = FORMATS["text"](evaluation([Trials(name="a", trials=silent)]), Style())

    assert "no probability was said: every figure of ours is the base rate's" in text
    assert "20 instants of 1 recording, 1 onset\n" in text


def test_json_holds_every_figure_with_its_interval(found):
    shown = json.loads(FORMATS["json"](found, Style()))
    ours = shown["sections"][0]["judged"][0]

    assert (shown["recordings_count"], shown["threshold_ratio"]) == (3, 0.5)
    assert [one["event"] for one in shown["sections"]] == ["oom", "oom_global"]
    assert ours["name"] == "vmadvisor"
    assert ours["timing"]["lead_s"] == {"value": 2.5, "low": 2.5, "high": 4.5}
    assert set(ours["all"]["auc_ratio"]) == {"value", "low", "high"}
    assert ours["onsets"]["instants_count"] == 45


def test_markdown_has_a_row_for_all_instants_and_one_for_onsets(found):
    lines = FORMATS["markdown"](found, Style()).splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:1] == "|"
    ]

    assert [row[:4] for row in rows[2:6]] == [
        ["oom", "5 s", "all", "60"], ["oom", "5 s", "onsets", "45"],
        ["oom_global", "4 s", "all", "60"], ["oom_global", "4 s", "onsets", "48"],
    ]  # fmt: skip
    assert {len(row) for row in rows[:6]} == {10}
    assert {len(row) for row in rows[6:]} == {8}
    assert rows[8][:5] == ["oom", "5 s", "3", "1.00 (1.00..1.00)", "2.5 (2.5..4.5) s"]
    assert lines[-1].startswith("3 recordings; ")


def test_the_best_simple_rule_is_neither_ours_nor_the_base_rate(found):
    rows = FORMATS["markdown"](found, Style()).splitlines()

    assert rows[2].endswith("| 0.47 (systemd-oomd) | -1.67 (persistence) |")
