"""The full-screen view, by textual: it shows the rows of ``render.live.page`` and takes keys.

Rows are drawn as they are, piece by piece: nothing in them is read as markup. Colours are the terminal's own
sixteen on its own ground, so a light terminal stays light. Only rows that changed are drawn again.
"""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from vmadvisor.live.feed import Feed, Moments
from vmadvisor.live.past import Past
from vmadvisor.live.recording_moments import RecordingMoments
from vmadvisor.render.escape import terminal
from vmadvisor.render.live.frame import Frame
from vmadvisor.render.live.page import page
from vmadvisor.render.live.processes import SORTS
from vmadvisor.render.live.rows import BADGE, Row
from vmadvisor.render.live.view import View

STYLES = {
    "": Style(),
    "title": Style(bold=True, underline=True),
    "strong": Style(bold=True),
    "dim": Style(dim=True),
    "ok": Style(color="green"),
    "info": Style(color="cyan"),
    "unknown": Style(color="magenta"),
    "warning": Style(color="yellow"),  # bold yellow is bright yellow to many: lost on white
    "critical": Style(color="red", bold=True),
    # A badge names both of its colours: reversed, its word would be the ground's, white on a light terminal.
    **{
        f"{BADGE}{role}": Style(color=word, bgcolor=ground, bold=True)
        for role, word, ground in (
            ("ok", "black", "green"),
            ("info", "black", "cyan"),
            ("unknown", "white", "magenta"),
            ("warning", "black", "yellow"),
            ("critical", "white", "red"),
        )
    },
}
_SPEED_STEP = 2.0
_SPEED_MIN, _SPEED_MAX = 0.125, 64.0


class Rows(Widget):
    """The page; a row is drawn again only where it is another than before."""

    DEFAULT_CSS = (
        "Rows { width: 100%; height: 100%; background: ansi_default; color: ansi_default; }"
    )

    def __init__(self, resized: Callable[[], None]) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self._resized = resized

    def on_resize(self, event: events.Resize) -> None:
        """Other columns, other rows."""
        del event
        self._resized()

    def put(self, rows: list[Row]) -> None:
        """Shows these."""
        before, self.rows = self.rows, rows
        if len(before) != len(rows):
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(before, rows, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """One row; every role has a style."""
        row = self.rows[y] if y < len(self.rows) else ()
        segments = [Segment(span.text, STYLES[span.role]) for span in row]
        return Strip(segments).adjust_cell_length(self.size.width)


class WatchApp(App[str | None]):
    """Returns what went wrong, ``None`` for nothing."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: ansi_default; color: ansi_default; overflow: hidden; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+c,ctrl+q", "leave", "quit", priority=True),
        Binding("p,space", "pause", "pause"),
        Binding("left", "move(-1)", "back"),
        Binding("right", "move(1)", "forth"),
        Binding("shift+left,pageup", "move(-10)", "back by ten"),
        Binding("shift+right,pagedown", "move(10)", "forth by ten"),
        Binding("home", "oldest", "oldest"),
        Binding("r,end", "resume", "resume"),
        Binding("s", "sort", "sort"),
        Binding("plus,equals_sign", "faster(1)", "faster"),
        Binding("minus", "faster(-1)", "slower"),
        Binding("question_mark,h", "help", "help"),
        Binding("escape", "unhelp", "away with help"),
    ]

    def __init__(
        self, feed: Feed, moments: Moments, *, is_unicode: bool = True, past: Past | None = None
    ) -> None:
        super().__init__(ansi_color=True)
        self._feed = feed
        self._moments = moments
        self._is_unicode = is_unicode
        self._past = Past() if past is None else past
        self._sort = SORTS[0]
        self._is_help = False
        self._is_ended = False
        self._is_paused = False
        self._rows = Rows(self.draw)

    def compose(self) -> ComposeResult:
        """One widget."""
        yield self._rows

    def on_mount(self) -> None:
        """The feed begins once there is something to show it on."""
        self._feed.start(
            self._moments,
            lambda frame: self.call_later(self.take, frame),
            lambda why: self.call_later(self.end, why),
            lambda: self.call_later(self.action_pause),
        )
        self.draw()

    def on_unmount(self) -> None:
        """No reading goes on without a screen."""
        self._feed.stop()

    def take(self, frame: Frame) -> None:
        """A new moment; what is shown stays where it is while it is paused."""
        self._past.add(frame)
        self.draw()

    def end(self, why: str | None) -> None:
        """The recording is over; what went wrong ends the view."""
        if why is not None:
            self.exit(why)
            return
        self._is_ended = True
        self.draw()

    def view(self) -> View:
        """What the reader sees, as words."""
        state = "live" if self.speed is None else "replay"
        if self._is_paused or not self._past.is_following:
            state = "paused"
        elif self._is_ended:
            state = "end"
        size = self._rows.size
        return View(
            width=size.width,
            height=size.height,
            sort=self._sort,
            state=state,
            behind_count=self._past.behind_count,
            speed=self.speed,
            is_help=self._is_help,
            is_unicode=self._is_unicode,
        )

    @property
    def speed(self) -> float | None:
        """A recording's."""
        return self._moments.speed if isinstance(self._moments, RecordingMoments) else None

    def draw(self) -> None:
        """The page as it now is."""
        view = self.view()
        if view.width and view.height:
            self._rows.put(page(self._past.trail(view.width), view))

    def action_leave(self) -> None:
        """Ends."""
        self._feed.stop()
        self.exit(None)

    def action_pause(self) -> None:
        """Stands still, or goes on."""
        if self._is_paused:
            self.action_resume()
            return
        self._is_paused = True
        self._past.pause()
        self._feed.hold()
        self.draw()

    def action_resume(self) -> None:
        """The newest moment, and those to come."""
        self._is_paused = False
        self._past.follow()
        self._feed.release()
        self.draw()

    def action_move(self, count: int) -> None:
        """Through the moments that are kept."""
        self._is_paused = True
        self._past.move(count)
        self._feed.hold()
        self.draw()

    def action_oldest(self) -> None:
        """As far back as there is anything."""
        self.action_move(-len(self._past))

    def action_sort(self) -> None:
        """The next order of the processes."""
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self.draw()

    def action_faster(self, steps: int) -> None:
        """A recording's speed."""
        if isinstance(self._moments, RecordingMoments) and self._moments.speed:
            speed = self._moments.speed * _SPEED_STEP**steps
            self._moments.speed = min(max(speed, _SPEED_MIN), _SPEED_MAX)
            self.draw()

    def action_help(self) -> None:
        """Help instead of the page, or the page again."""
        self._is_help = not self._is_help
        self.draw()

    def action_unhelp(self) -> None:
        """The page again."""
        self._is_help = False
        self.draw()


def run_screen(feed: Feed, moments: Moments, *, is_unicode: bool) -> str | None:
    """Until the reader leaves; returns what went wrong."""
    app = WatchApp(feed, moments, is_unicode=is_unicode)
    app.run(mouse=False)
    if app.return_code:
        return terminal(f"the screen ended with {app.return_code}")
    return app.return_value
