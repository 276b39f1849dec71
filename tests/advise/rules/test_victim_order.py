"""A data store on top of the kill order is how the kernel works; it alarms when memory runs out."""

from dataclasses import replace

import pytest

from vmadvisor.advise.finding import HOST
from vmadvisor.advise.rules.victim_order import RULE
from vmadvisor.model.facts import VictimOrder


def order(quiet, *comms, **changes):
    found = tuple(
        replace(
            quiet.VICTIM, pid_id=200 + i, comm=comm, points_pages=900_000 - 1_000 * i, **changes
        )
        for i, comm in enumerate(comms)
    )
    return VictimOrder(by_scope={HOST: found})


def test_a_database_that_would_go_first_is_information_on_a_healthy_host(quiet):
    (finding,) = RULE.check(quiet.facts(order(quiet, "postgres", "backup", "worker", "cron")))

    assert finding.severity.name == "INFO"
    assert finding.title == (
        "Critical service postgres (pid 200) is number 1 in the OOM killer's order"
    )
    assert [item.value for item in finding.evidence] == [1, 200, 900_000, 400_000, 0]
    assert [item.value for item in finding.counter_evidence] == [2, 201, 899_000, 400_000, 0]


def test_it_is_a_warning_when_memory_runs_out(quiet, said, short):
    facts = quiet.facts(order(quiet, "worker", "sshd", "backup", "cron"), short)

    assert said(RULE, facts) == [("WARNING", "host")]


def test_the_fourth_is_out_of_reach(quiet, said):
    assert said(RULE, quiet.facts(order(quiet, "a", "b", "c", "sshd"))) == []


def test_where_everybody_is_among_the_first_nobody_is_named(quiet, said):
    assert said(RULE, quiet.facts(order(quiet, "sshd", "postgres", "etcd"))) == []


def test_the_first_of_a_recording_that_kept_no_more_are_named(quiet, said):
    few = replace(order(quiet, "sshd", "b"), is_cut=True)

    assert said(RULE, quiet.facts(few)) == [("INFO", "host")]


def test_processes_that_are_never_killed_do_not_count(quiet, said):
    assert said(RULE, quiet.facts(order(quiet, "sshd", "b", "c", "d", killable=False))) == []


def test_a_service_in_front_of_somebody_as_large_is_given_the_mildest_value_that_spares_it(ranked):
    facts = ranked(("mysqld", 60_000, 0), ("leak", 90_000, -50), ("a", 70, 0), ("b", 60, 0))
    (advice,) = RULE.recommend(facts)

    assert (advice.key, advice.current, advice.recommended) == ("oom_score_adj:mysqld", 0, -50)
    assert [(one.name, one.before, one.after) for one in advice.predicted] == [
        ("rank", 1, 4),
        ("other_rank", 4, 3),
    ]
    assert advice.command == "echo -50 > /proc/200/oom_score_adj"
    assert advice.undo == "echo 0 > /proc/200/oom_score_adj"
    assert "leak (pid 201) is killed in its place" in advice.risk


def test_once_it_is_applied_it_is_not_recommended_again(ranked):
    facts = ranked(("mysqld", 60_000, -50), ("leak", 90_000, -50), ("a", 70, 0), ("b", 60, 0))

    assert list(RULE.recommend(facts)) == []


def test_a_unit_is_what_lasts(ranked):
    facts = ranked(
        ("mysqld", 60_000, 0), ("leak", 90_000, -50), ("a", 70, 0), ("b", 60, 0),
        units={"mysqld": "/system.slice/mysql.service"},
    )  # fmt: skip
    (advice,) = RULE.recommend(facts)

    assert advice.key == "unit:mysql.service:OOMScoreAdjust"
    assert advice.persist == (
        "/etc/systemd/system/mysql.service.d/50-vmadvisor.conf: OOMScoreAdjust=-50"
    )


def test_where_nobody_holds_as_much_killing_others_would_be_in_vain(ranked, said):
    facts = ranked(("mysqld", 900_000, 0), ("a", 4_000, 0), ("b", 300, 0), ("c", 20, 0))

    assert said(RULE, facts) == [("INFO", "host")]
    assert list(RULE.recommend(facts)) == []


@pytest.mark.parametrize(("held", "count"), [(31_000, 1), (29_000, 0)])
def test_when_memory_runs_out_half_as_much_is_worth_it(ranked, short, held, count):
    facts = ranked(
        ("mysqld", 60_000, 0), ("leak", held, 0), ("a", 9, 0), ("b", 8, 0), others=(short,)
    )

    assert len(list(RULE.recommend(facts))) == count


def test_who_is_exempt_is_no_alternative(ranked):
    facts = ranked(
        ("mysqld", 60_000, 0), ("leak", 90_000, -1000), ("a", 9, 0), ("b", 8, 0), ("c", 7, 0)
    )

    assert list(RULE.recommend(facts)) == []


def test_without_the_total_nothing_is_recommended(quiet):
    assert list(RULE.recommend(quiet.facts(order(quiet, "sshd", "b", "c", "d")))) == []


def test_all_processes_of_the_service_get_the_value_so_that_one_change_is_enough(ranked):
    """A pool of workers: sparing one only would bring up the next."""
    unit = "/system.slice/postgresql.service"
    facts = ranked(
        ("postgres", 60_000, 0), ("postgres", 59_000, 0), ("leak", 90_000, -50), ("a", 7, 0),
        units={"postgres": unit},
    )  # fmt: skip
    first, second = RULE.recommend(facts)

    assert first.key == second.key == "unit:postgresql.service:OOMScoreAdjust"
    assert first.command == "for p in 200 201; do echo -50 > /proc/$p/oom_score_adj; done"
    assert first.undo == "for p in 200 201; do echo 0 > /proc/$p/oom_score_adj; done"
    after = ranked(
        ("postgres", 60_000, -50), ("postgres", 59_000, -50), ("leak", 90_000, -50), ("a", 7, 0),
        units={"postgres": unit},
    )  # fmt: skip
    assert list(RULE.recommend(after)) == []
