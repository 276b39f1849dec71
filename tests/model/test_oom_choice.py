"""The prediction: from the table alone, or an honest nobody."""

from pathlib import Path

import pytest

from vmadvisor.model.oom_analysis import analyse
from vmadvisor.sources.oom_log import reports

LEAK = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_bytes()
HEADER = "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name"

OLDEST = (
    b"a invoked oom-killer: order=0\nPid: 9, comm: a Not tainted 2.6.32-5-amd64 #1\n"
    b"[ pid ]   uid  tgid total_vm      rss cpu oom_adj name\n[    2]     0     2     2671       11   7       2 b\n"
)


def log(*rows, release="6.1.0", ram=200_000, header=HEADER, memory=True):
    lines = [
        "a invoked oom-killer: gfp_mask=0x140dca, order=0, oom_score_adj=0",
        f"CPU: 0 PID: 9 Comm: a Not tainted {release} #1",
    ]
    if memory:
        lines += [f"{ram} pages RAM", "0 pages reserved", "Total swap = 0kB"]
    lines += ["Tasks state (memory values in pages):", header]
    lines += [
        f"[ {pid:6d}]     7 {pid:5d}    99999 {rss:8d}     4096        0         {adj:5d} {name}"
        for pid, rss, adj, name in rows
    ]
    return "\n".join(lines).encode() + b"\n"


def prediction(data):
    return analyse(next(reports([data]))).prediction


def test_a_leak_that_protects_itself_gets_its_neighbour_killed():
    first, second = (analyse(report) for report in reports([LEAK]))

    assert (first.prediction.chosen.task.comm, first.prediction.chosen.points) == (
        "base",
        20168 + 50,
    )
    assert (first.prediction.runner_up.task.comm, first.prediction.runner_up.points) == (
        "leaky",
        25976 + 60 - 300 * 55,
    )
    assert first.prediction.total_pages == 65403 - 9811
    assert (first.prediction.spare.adj, first.prediction.spare.next_task.comm) == (-195, "leaky")
    assert (second.prediction.chosen.task.comm, second.agrees) == ("leaky", True)


def test_the_spare_is_the_highest_adj_that_spares():
    """T // 1000 = 200: 900 + adj * 200 must fall below 501; of equals the last in the table wins."""
    spare = prediction(log((2, 899, 0, "big"), (3, 500, 0, "next"))).spare

    assert (spare.adj, spare.next_task.comm) == (-2, "next")
    assert prediction(log((2, 898, 0, "big"), (3, 698, 0, "next"))).spare.adj == -1


def test_the_only_candidate_can_be_spared_by_nothing_but_minus_1000():
    found = prediction(log((2, 899, 0, "big"), (3, 500, -1000, "safe")))

    assert (found.spare.adj, found.spare.next_task, found.runner_up, found.candidates_count) == (
        -1000,
        None,
        None,
        1,
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Out of memory: Killed process 5 (b).", "no task table"),
        (log((2, 5, 0, "a")).replace(HEADER.encode(), b""), "header of the task table is missing"),
        (log((2, 5, 0, "a")) + b"[      3]     7 cut\n", "1 rows of the task table cannot be read"),
        (log(), "no rows"),
        (log((2, 5, -1000, "a")), "protected by oom_score_adj -1000"),
        (log((2, 5, 100, "a"), (3, 900, 0, "b"), memory=False), "T is not known"),
        (
            OLDEST,
            "before 2.6.36",
        ),
    ],
)  # fmt: skip
def test_nobody_is_chosen_from_what_does_not_suffice(data, words):
    found = prediction(data)

    assert found.chosen is None
    assert words in found.why_not


def test_an_unknown_total_that_cannot_matter_does_not_hinder():
    assert prediction(log((2, 5, 0, "a"), (3, 900, 0, "b"), memory=False)).chosen.task.comm == "b"
    assert prediction(log((2, 5, 0, "a"), (3, 900, 100, "b"), memory=False)).chosen.task.comm == "b"


def test_certainty_needs_a_release_and_a_table_that_prints_all():
    assert prediction(log((2, 5, 0, "a"))).is_certain
    assert not prediction(log((2, 5, 0, "a"), release="x")).is_certain
