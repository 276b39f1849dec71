from pathlib import Path

from before_kills import verdict_before
from victims_named import Kill

from vmadvisor.advise.finding import Severity

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "7.2-leak-before-kill"


def test_the_verdict_is_that_of_the_two_readings_before_the_kill():
    kill = Kill(time_s=57.47, pid=123, comm="leaky", is_group=False)

    assert verdict_before(FIXTURE, kill, 0.3) is Severity.CRITICAL


def test_a_moment_before_the_first_reading_is_not_judged(tmp_path):
    assert (
        verdict_before(
            tmp_path / "none.tar.zst", Kill(time_s=9.0, pid=1, comm="a", is_group=False), 3.0
        )
        is None
    )
