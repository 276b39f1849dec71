"""The screen by textual's own pilot: what tmux does not show, and a hostile name drawn as it is."""

import asyncio

import pytest

pytest.importorskip("textual")

from live_frames import frame

from vmadvisor.live.feed import Feed
from vmadvisor.live.past import Past
from vmadvisor.live.recording_moments import RecordingMoments
from vmadvisor.live.screen import STYLES, WatchApp
from vmadvisor.live.watcher import Wanted, Watcher
from vmadvisor.render.live import rows as roles

SCREEN = Wanted(interval_s=1.0, has_verdict=True, has_processes=True)
LOOKS_COUNT, LOOK_S = 600, 0.1


class Nothing:
    """No moments at all."""

    def __iter__(self):
        return iter(())


def app_of(moments=None, past=None, **options):
    feed = Feed(Watcher(SCREEN), is_recording=True, **options)
    return WatchApp(feed, Nothing() if moments is None else moments, past=past)


def text_on(app):
    widget = app._rows
    return [
        "".join(segment.text for segment in widget.render_line(y)) for y in range(app.size.height)
    ]


def run(coroutine):
    return asyncio.run(coroutine)


async def until(condition):
    for _ in range(LOOKS_COUNT):
        if condition():
            return
        await asyncio.sleep(LOOK_S)
    raise AssertionError


def test_a_hostile_name_is_drawn_as_text_and_not_as_markup():
    async def look():
        app = app_of()
        async with app.run_test(size=(80, 50)) as pilot:
            app.take(frame())
            await pilot.pause()
            return text_on(app), app.export_screenshot()

    rows, svg = run(look())

    assert any(r"\x1b[31m[red]x[/]\n" in row for row in rows)
    assert "[red]x[/]" in svg
    assert "\x1b" not in svg


def test_only_rows_that_changed_are_drawn_again(monkeypatch):
    drawn = []

    async def look():
        app = app_of()
        async with app.run_test(size=(80, 24)) as pilot:
            app.take(frame())
            await pilot.pause()
            monkeypatch.setattr(app._rows, "refresh", lambda *regions: drawn.append(regions))
            app.take(frame())
            app.take(frame(time_s=42.5))

    run(look())

    assert [[region.y for region in regions] for regions in drawn] == [
        [3, 4, 5, 6],
        [0, 3, 4, 5, 6],
    ]
    assert {region.width for regions in drawn for region in regions} == {80}


def test_the_recordings_speed_has_bounds_and_the_hosts_none(leak):
    async def look():
        moments = RecordingMoments(str(leak), speed=1.0, until_s=28.5)
        app = app_of(moments, until_s=28.5)
        async with app.run_test(size=(80, 24)) as pilot:
            await until(lambda: app.view().state == "paused")
            await pilot.press(*["plus"] * 12)
            fast = app.speed
            await pilot.press(*["minus"] * 20)
            return fast, app.speed

    assert run(look()) == (64.0, 0.125)


def test_a_window_of_another_size_is_another_page():
    async def look():
        app = app_of()
        async with app.run_test(size=(80, 24)) as pilot:
            app.take(frame())
            await pilot.resize_terminal(100, 30)
            await pilot.pause()
            return text_on(app)

    rows = run(look())

    assert len(rows) == 30
    assert {len(row) for row in rows} == {100}
    assert rows[0].endswith(" 41.50 s")


def test_what_goes_wrong_ends_the_screen_with_its_words():
    async def look():
        app = app_of()
        async with app.run_test(size=(80, 24)):
            app.end("no tick")
        return app.return_value

    assert run(look()) == "no tick"


def test_the_ring_is_what_can_be_scrubbed_through():
    async def look():
        past = Past(kept_count=3)
        app = app_of(past=past)
        async with app.run_test(size=(80, 24)) as pilot:
            for second in range(9):
                app.take(frame(time_s=float(second)))
            await pilot.press("home")
            first = text_on(app)[0].split()[-2]
            await pilot.press("end")
            return first, text_on(app)[0].split()[-2], len(past)

    assert run(look()) == ("6.00", "8.00", 3)


def test_every_role_has_a_style():
    names = {
        value for name, value in vars(roles).items() if name.isupper() and isinstance(value, str)
    }
    words = names - {roles.BADGE, roles._LEVELS, roles._ASCII_LEVELS}

    assert words <= set(STYLES)
    assert all(style.color is None or style.color.number < 16 for style in STYLES.values())
