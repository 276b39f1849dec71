import errno

import pytest

from vmadvisor.recording.process_shortlist import ProcessShortlist


def names(files, pid):
    return [path.rpartition("/")[2] for path, _ in files if path.startswith(f"proc/{pid}/")]


@pytest.fixture
def many(host, put, make_process):
    for pid in range(100, 140):
        put(host, make_process(pid, rss=pid, score=720 - pid))
    return host


@pytest.mark.usefixtures("many")
def test_the_first_by_score_and_the_largest_are_taken_and_kswapd(tree):
    files, started = ProcessShortlist(tree, 2).take()

    # 42 is first in both; 100 follows by score (620), 1 by size (300 pages; its score is 601).
    assert sorted(started, key=int) == ["1", "42", "57", "100"]
    assert names(files, 42) == ["stat", "status", "statm", "oom_score", "oom_score_adj"]
    assert names(files, 57) == ["stat"]
    assert names(files, 58) == []
    assert dict(files)["proc/42/statm"] == b"180000 90000 5 1 0 9 0\n"


@pytest.mark.usefixtures("many")
def test_everyone_is_taken_on_request(tree):
    _, started = ProcessShortlist(tree, None).take()

    assert len(started) == 44
    assert started["42"] == b"99"


@pytest.mark.usefixtures("many")
def test_a_process_that_ends_in_between_is_left_out(tree, monkeypatch):
    whole = type(tree).peek

    def ends(self, path):
        if path == "proc/42/stat":
            raise ProcessLookupError(errno.ESRCH, "No such process")
        return whole(self, path)

    monkeypatch.setattr(type(tree), "peek", ends)
    files, started = ProcessShortlist(tree, 3).take()

    assert "42" not in started
    assert names(files, 42) == []


def test_without_a_score_the_size_still_counts(many, tree):
    (many / "proc/42/oom_score").unlink()

    files, _ = ProcessShortlist(tree, 1).take()

    assert names(files, 42) == ["stat", "status", "statm", "oom_score_adj"]


def test_kswapd_is_looked_for_once_until_it_is_to_be_forgotten(many, tree, put, make_process):
    shortlist = ProcessShortlist(tree, 1)
    shortlist.take()
    put(many, make_process(59, comm="kswapd1", flags=2129984))

    assert "59" not in shortlist.take().started
    shortlist.forget()
    assert "59" in shortlist.take().started
