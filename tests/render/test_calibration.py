"""``calibrate``'s words: the numbers of the record, rounded, and nothing that a terminal obeys."""

from vmadvisor.model.calibration.calibration import Calibration, EventFit, Interval, OwnFigure
from vmadvisor.model.calibration.holding import Held, Holding
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.render.calibration import fitted_text, held_text
from vmadvisor.render.style import Style

STYLE = Style(width_columns=200, has_color=False, is_unicode=True)
FOUND = Calibration(
    fitted_utc="2026-02-03T04:05:06Z",
    model_id="8f14e45f",
    host=HostIdentity(hostname="db\x1b[31m1", mem_total_kib=345_540),
    horizons_s=(10.0, 30.0),
    recordings=("monday", "tuesday"),
    events=(
        EventFit(
            event="memory_stall", instants_count=1293, onsets_count=9, groups_count=8, shift=0.91,
            shift_spread=0.2, scale_ratio=0.78, scale_spread=0.1, spread=0.73,
            brier_before=Interval(value=0.2391, low=0.138, high=0.349),
            gain_ratio=Interval(value=0.25, low=0.15, high=0.31),
        ),
        EventFit(
            event="oom_global", instants_count=291, onsets_count=2, groups_count=7,
            reason="2 onsets: a map of its own takes 5 or more",
        ),
    ),
    physics={
        "kswapd_pages_per_s": OwnFigure(value=220_760.4, spread_ratio=0.6931, recordings_count=7)
    },
)  # fmt: skip


def test_maps_errors_and_reasons_are_told():
    lines = fitted_text(FOUND, "/tmp/a.json", STYLE).splitlines()

    assert lines[0].startswith("calibrated for db")
    assert lines[2] == (
        "memory_stall: own log-odds = +0.91 (+0.58..+1.24) + 0.78 (0.62..0.94) x shipped, "
        "spread 0.73 (1,293 instants, 9 onsets)"
    )
    assert "Brier 0.239 (0.138..0.349)" in lines[3]
    assert lines[3].endswith("own against shipped +0.25 (+0.15..+0.31)")
    assert lines[5] == (
        "oom_global: the shipped map stands: 2 onsets: a map of its own takes 5 or more "
        "(291 instants, 2 onsets)"
    )
    assert lines[7] == (
        "kswapd frees 220,760 pages per second of its CPU (within a factor 2.00 between 7 recordings)"
    )
    assert "written to /tmp/a.json" in lines


def test_no_sequence_reaches_the_terminal():
    held = Holding(calibration=FOUND, recordings_count=3, seen_again=("mon\x1bday",), events=())

    assert "\x1b" not in fitted_text(FOUND, "/tmp/\x1b[2J", STYLE)
    assert "\x1b" not in held_text(held, "/tmp/\x1b[2J", STYLE)


def test_a_held_map_says_advice_first_and_that_its_own_recordings_prove_nothing():
    one = Held(
        event="memory_stall", is_mapped=True, instants_count=145, onsets_count=6, said_ratio=0.401,
        came_ratio=0.566, advice="refit", reason="it is off",
    )  # fmt: skip
    held = Holding(calibration=FOUND, recordings_count=1, seen_again=("monday",), events=(one,))
    text = held_text(held, "/tmp/a.json", STYLE)

    assert "memory_stall (own map): refit: it is off (145 instants, 6 onsets)" in text
    assert "said 0.401 on average, came 0.566" in text
    assert "fitted on 1 recording of these names (monday): they prove nothing" in text
