"""As many as can be kept, evenly spread."""

from vmadvisor.replay.halved import Halved


def test_what_is_kept_stays_bounded_and_evenly_spread():
    kept = Halved(10)
    for number in range(1_000):
        if kept.is_wanted():
            kept.keep(number)

    assert len(kept.kept) <= 10
    steps = {after - before for before, after in zip(kept.kept, kept.kept[1:], strict=False)}
    assert steps == {128}
