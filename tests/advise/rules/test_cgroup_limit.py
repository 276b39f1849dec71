"""A group at its limit is INFO in its own scope, stalled or not: the host is well."""

from vmadvisor.advise.rules.cgroup_limit import RULE

WEB = "/system.slice/web.service"


def test_a_group_full_of_page_cache_at_its_limit_is_information(quiet, said, capped):
    assert said(RULE, quiet.facts(capped(0.02))) == [("INFO", WEB)]


def test_a_group_whose_tasks_lose_most_of_their_time_is_said_to_stall(quiet, said, capped):
    facts = quiet.facts(capped(0.91))
    (finding,) = RULE.check(facts)

    assert said(RULE, facts) == [("INFO", WEB)]
    assert "tasks stall" in finding.title


def test_one_bad_second_of_a_group_is_not_called_a_stall(quiet, capped):
    (finding,) = RULE.check(quiet.facts(capped(0.91, full_avg10_ratio=0.09)))

    assert "tasks stall" not in finding.title


def test_a_group_that_hit_its_limit_and_was_cut_back_is_still_named(quiet, said, capped):
    after_kill = capped(0.04, usage_ratio=0.2, is_at_limit=False)

    assert said(RULE, quiet.facts(after_kill)) == [("INFO", WEB)]


def test_a_v1_group_without_pressure_is_named_with_its_own_file(quiet, capped):
    v1 = capped(None, limit_file="memory.limit_in_bytes", limit_hit_count=3)
    (finding,) = RULE.check(quiet.facts(v1))

    assert finding.severity.name == "INFO"
    assert "memory.limit_in_bytes" in finding.title
    assert [item.source for item in finding.evidence[:3]] == [
        "memory.usage_in_bytes",
        "memory.limit_in_bytes",
        "memory.failcnt",
    ]
