"""A pool that nobody uses is worth a line, and worth giving back when memory runs out."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.huge_pages import RULE


def pool(quiet, total, free, promised=0, size_kib=2_048):
    return replace(quiet.MEMINFO, huge_pages_total_count=total, huge_pages_free_count=free,
                   huge_pages_rsvd_count=promised, huge_page_size_kib=size_kib)  # fmt: skip


def test_an_unused_pool_is_information(quiet, said):
    facts = quiet.facts(pool(quiet, 1_500, 1_400, 150))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", "host")]
    assert [item.value for item in finding.evidence] == [1_500, 1_400, 150, 2_560_000]
    assert list(RULE.recommend(facts)) == []


def test_when_memory_runs_out_it_is_loud_and_given_back(quiet, said, short):
    facts = quiet.facts(pool(quiet, 1_500, 1_400, 150), short)
    (advice,) = RULE.recommend(facts)

    assert said(RULE, facts) == [("WARNING", "host")]
    assert (advice.key, advice.current, advice.recommended) == (
        "sysctl:vm.nr_hugepages",
        1_500,
        250,
    )
    assert [(one.name, one.before, one.after) for one in advice.predicted] == [
        ("available", 9_000, 649_000)
    ]


@pytest.mark.parametrize(
    "numbers",
    [
        (1_500, 300, 150),  # 300 MiB of 8 GiB
        (3_400, 40, 40),  # 87 % of RAM, all in use
        (1_500, 1_500, 1_400),  # promised
        (0, 0, 0),
    ],
)
def test_a_pool_in_use_is_quiet(quiet, said, short, numbers):
    assert said(RULE, quiet.facts(pool(quiet, *numbers), short)) == []


def test_a_kernel_without_huge_pages_is_quiet(quiet, said):
    assert said(RULE, quiet.facts()) == []
