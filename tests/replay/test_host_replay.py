"""A recording's forecasts, and whose it is."""

from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.replay.host_replay import HostReplay, host_replay, other_boots, stranger
from vmadvisor.replay.replay import replay


def test_the_forecasts_are_those_of_a_replay_and_the_host_is_told(written_recording):
    path = str(written_recording("one", ticks_count=60, event_s=45))
    found = host_replay(path, (10.0,))

    assert found.replay == replay(path, (10.0,))
    assert found.host == HostIdentity(mem_total_kib=400_000)
    assert found.boot_args is None


def test_strangers_and_other_boots_are_named(written_recording):
    path = str(written_recording("one", ticks_count=40, event_s=45))
    walked = host_replay(path, (10.0,))

    def of(hostname, *args):
        return HostReplay(
            replay=walked.replay,
            host=HostIdentity(hostname=hostname),
            boot_args=frozenset(args),
            physics=None,
        )

    same = [("a", of("db1", "ro")), ("b", of("db1", "ro", "psi=1"))]
    assert stranger(same) is None
    assert list(other_boots(same)) == ["b: booted with other arguments: psi=1"]
    assert stranger([*same, ("c", of("db2"))]) == (
        "c is of another host than a: its hostname is db1, here db2"
    )
