"""The README's picture of the live view, drawn by the program itself.

    python tests/bench/watch_picture.py [OUT.svg]

A replay of fixtures/7.2-leak-before-kill, stretched on a straight line to a minute (``stretched.py``), paused
seven seconds before its end. Fonts are the reader's: the file asks for nothing on the network.
"""

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from stretched import stretch

from vmadvisor.live.feed import Feed
from vmadvisor.live.recording_moments import RecordingMoments
from vmadvisor.live.screen import WatchApp
from vmadvisor.live.waits import RECORDED
from vmadvisor.live.watcher import Wanted, Watcher

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURE = REPOSITORY / "fixtures" / "7.2-leak-before-kill"
OUT = REPOSITORY / "fixtures" / "screenshots" / "watch.svg"
COLUMNS, ROWS, SECONDS, BEFORE_END_S = 100, 30, 60, 7
WAIT_S, LOOKS_COUNT = 0.1, 600


async def _drawn(recording: Path, until_s: float) -> str:
    wanted = Wanted(interval_s=1.0, has_verdict=True, has_processes=True)
    feed = Feed(Watcher(wanted, waits_of=lambda _: RECORDED), is_recording=True, until_s=until_s)
    moments = RecordingMoments(str(recording), speed=1.0, until_s=until_s, sleep=feed.sleep)
    app = WatchApp(feed, moments)
    async with app.run_test(size=(COLUMNS, ROWS)) as pilot:
        for _ in range(LOOKS_COUNT):
            if app.view().state == "paused":
                break
            await asyncio.sleep(WAIT_S)
        await pilot.pause()
        return app.export_screenshot(title="vmadvisor watch", simplify=True)


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    with tempfile.TemporaryDirectory() as directory:
        _, last_s = stretch(FIXTURE, Path(directory), seconds=SECONDS)
        svg = asyncio.run(_drawn(Path(directory), last_s - BEFORE_END_S))
    svg = re.sub(r"@font-face\s*{[^}]*}|<!--.*?-->", "", svg, flags=re.DOTALL)
    out.parent.mkdir(exist_ok=True)
    out.write_text(re.sub(r"[ \t]+\n", "\n", svg), encoding="utf-8")
    print(f"{out}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
