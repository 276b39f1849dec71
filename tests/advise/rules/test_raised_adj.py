"""A raised value that puts the small in front of the large is named, unless somebody means it so."""

import pytest

from vmadvisor.advise.rules.raised_adj import RULE

HOG = ("hog", 400_000, 0)
SMALL = ("exporter", 2_000, 300)
UNITS = {"exporter": "/system.slice/exporter.service"}


def test_a_small_service_in_front_of_the_hog_is_named(ranked, said):
    facts = ranked(HOG, SMALL, ("w", 50, 0), units=UNITS)
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert finding.title == "exporter (pid 201) would die before hog, which holds the memory"
    assert [item.value for item in finding.evidence] == [1, 201, 602_000, 2_000, 300, 2, 200, 400_000,
                                                         400_000, 0]  # fmt: skip


def test_it_is_a_warning_when_memory_runs_out(ranked, said, short):
    assert said(RULE, ranked(HOG, SMALL, units=UNITS, others=(short,))) == [("WARNING", "host")]


def test_a_pool_of_workers_is_one_line(ranked):
    facts = ranked(HOG, SMALL, ("exporter", 2_100, 300), ("exporter", 2_200, 300), units=UNITS)
    (finding,) = RULE.check(facts)

    assert "and 2 more would die before" in finding.title


def test_the_advice_is_0_and_turns_the_order_round(ranked):
    (advice,) = RULE.recommend(ranked(HOG, SMALL, ("w", 50, 0), units=UNITS))

    assert (advice.key, advice.recommended) == ("unit:exporter.service:OOMScoreAdjust", 0)
    assert [(one.name, one.before, one.after) for one in advice.predicted] == [
        ("rank", 1, 2),
        ("other_rank", 2, 1),
    ]


def test_a_critical_service_counts_wherever_it_runs(ranked, said):
    facts = ranked(HOG, ("postgres", 2_000, 300), units={"postgres": "/kubepods/pod7/3f"})

    assert said(RULE, facts) == [("INFO", "host")]


@pytest.mark.parametrize(
    ("hog", "small", "unit"),
    [
        (HOG, ("tab", 2_000, 300), "/user.slice/user-7.slice/user@7.service/app.slice/b.scope"),
        (HOG, ("pod", 2_000, 1000), "/kubepods/besteffort/pod7/3f"),
        (HOG, ("large", 120_000, 300), "/system.slice/x.service"),  # its death frees something
        (("hog", 190_000, 0), SMALL, "/system.slice/x.service"),  # no hog: less than a tenth
        (("hog", 400_000, 300), SMALL, "/system.slice/x.service"),  # behind the hog
        (HOG, ("low", 2_000, 0), "/system.slice/x.service"),
    ],
)
def test_what_is_meant_or_frees_something_is_quiet(ranked, said, hog, small, unit):
    facts = ranked(hog, small, units={small[0]: unit})

    assert said(RULE, facts) == []
    assert list(RULE.recommend(facts)) == []


def test_without_a_known_group_a_raised_value_is_taken_at_its_word(ranked, said):
    assert said(RULE, ranked(HOG, SMALL)) == [("INFO", "host")]
