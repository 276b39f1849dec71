import pytest

from vmadvisor.model.backtest.baselines import BASELINES
from vmadvisor.model.backtest.evaluation import evaluation
from vmadvisor.model.backtest.guess import SILENT, Guess
from vmadvisor.model.backtest.trial import Trials


@pytest.fixture
def recordings(trial):
    """Two recordings of four instants; MemAvailable's rule is the only one that says anything."""

    def build(name, known):
        return Trials(
            name=name,
            trials=tuple(
                trial(
                    float(second),
                    came=came,
                    was_absent=was_absent,
                    lead_s=2.0 if came else None,
                    probability_ratio=said,
                    guesses=(Guess(score=score, is_alarm=score > 3), *[SILENT] * 8),
                )
                for second, (came, was_absent, said, score) in enumerate(known)
            ),
        )

    return [
        build("a", [(False, True, 0.1, 1), (True, True, 0.6, 2), (True, True, 0.8, 4), (True, False, 0.9, 5)]),
        build("b", [(False, True, 0.2, 1), (False, True, 0.7, 9), (True, True, 0.3, 3), (None, None, 0.3, 3)]),
    ]  # fmt: skip


def test_ours_stands_first_then_every_simple_rule(recordings):
    (section,) = evaluation(recordings).sections

    assert [one.name for one in section.judged] == [
        "vmadvisor", "base rate", "persistence", *[baseline.name for baseline in BASELINES],
    ]  # fmt: skip
    assert section.ours.name == "vmadvisor"


def test_instants_whose_outcome_is_not_told_do_not_count(recordings):
    figures = evaluation(recordings).sections[0].ours

    assert figures.all.instants_count == 7
    assert figures.all.positives_count == 4
    assert figures.onsets.instants_count == 6
    assert figures.onsets.positives_count == 3
    assert figures.timing.onsets_count == 2


def test_all_forecasters_are_judged_on_the_same_instants(recordings):
    (section,) = evaluation(recordings).sections

    assert {one.all.instants_count for one in section.judged} == {7}
    assert {one.onsets.positives_count for one in section.judged} == {3}


def test_persistence_says_what_was_and_the_base_rate_nothing(recordings):
    _, base_rate, persistence, *_ = evaluation(recordings).sections[0].judged

    assert base_rate.all.said_count == 0
    assert base_rate.all.skill_ratio.value == pytest.approx(0)
    assert (persistence.all.precision_ratio.value, persistence.all.recall_ratio.value) == (1, 0.25)
    assert persistence.onsets.recall_ratio.value == 0


def test_a_rule_ranks_by_its_score_and_alarms_by_its_own_limit(recordings):
    """Scores 2, 4, 5, 3 before the event, 1, 1, 9 before nothing: 8 of 12 pairs are in order."""
    rule = evaluation(recordings).sections[0].judged[3]

    assert rule.all.auc_ratio.value == pytest.approx(8 / 12)
    assert (rule.all.precision_ratio.value, rule.all.recall_ratio.value) == (2 / 3, 0.5)
    assert rule.timing.warned_ratio.value == 0.5


def test_the_threshold_is_ours_alone(recordings):
    plain, strict = (
        evaluation(recordings, threshold_ratio=threshold).sections[0] for threshold in (0.5, 0.85)
    )

    assert (plain.ours.all.recall_ratio.value, strict.ours.all.recall_ratio.value) == (0.75, 0.25)
    assert plain.judged[3] == strict.judged[3]


def test_recordings_of_one_name_are_two(recordings):
    same = [Trials(name="x", trials=one.trials) for one in recordings]

    assert evaluation(same).sections[0].ours.all.recordings_count == 2


def test_limited_groups_are_judged_together_after_the_host_without_the_hosts_rules(trial):
    trials = [
        trial(1.0, event=event, scope=scope, horizon_s=horizon_s, came=came)
        for event, scope, horizon_s in [
            ("oom", "/a", 10.0), ("oom", "host", 30.0), ("oom", "host", 10.0),
            ("memory_stall", "host", 10.0), ("oom", "/b", 10.0),
        ]
        for came in (True, False)
    ]  # fmt: skip
    found = evaluation([Trials(name="x", trials=tuple(trials))]).sections

    assert [(one.event, one.scope, one.horizon_s) for one in found] == [
        ("memory_stall", "host", 10.0), ("oom", "host", 10.0), ("oom", "host", 30.0), ("oom", "cgroup", 10.0),
    ]  # fmt: skip
    assert found[-1].ours.all.instants_count == 4
    assert [one.name for one in found[-1].judged] == ["vmadvisor", "base rate", "persistence"]


def test_without_a_counted_instant_there_is_no_section(trial):
    found = evaluation([Trials(name="x", trials=(trial(1.0, came=None),))])

    assert (found.recordings_count, found.sections) == (1, ())
