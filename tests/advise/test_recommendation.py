"""A recommendation needs an effect that the model foretells, and a value other than the present one."""

from dataclasses import replace

from vmadvisor.advise.recommendation import exact


def test_an_effect_and_another_value_make_a_recommendation(advice):
    assert advice.is_proven


def test_without_any_effect_there_is_none(advice):
    assert not replace(advice, predicted=()).is_proven
    assert not replace(advice, predicted=(exact("refaults_file", "per_s", 5.0, 5.0),)).is_proven


def test_what_is_set_already_is_not_recommended(advice):
    assert not replace(advice, current=65).is_proven
