from unseen import unseen

from vmadvisor.model import fitted


def test_within_one_forest_speaks_and_afterwards_all_do_again():
    forests = fitted.FORESTS["oom_global"]

    with unseen("001-leak") as is_known:
        assert is_known
        assert len(fitted.FORESTS["oom_global"]) == len(fitted.BASES["group_oom"]) == 1
        assert fitted.FORESTS["oom_global"][0] in forests
    assert fitted.FORESTS["oom_global"] is forests


def test_of_a_recording_that_no_forest_has_seen_all_speak():
    with unseen("somebodys-own") as is_known:
        assert not is_known
        assert len(fitted.FORESTS["oom_global"]) == 5
