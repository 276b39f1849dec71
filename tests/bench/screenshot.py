"""The picture of a report that the README shows, made by Chromium from a fixture and a made-up past.

    python tests/bench/screenshot.py fixtures/screenshots/report.png [--section course] [--scheme dark]

The reading is of a fixture, the past is ``synthetic_past``'s. The PNG is reduced to a palette by Pillow,
which comes with matplotlib, so that it stays small.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from synthetic_past import past

from vmadvisor.advise.report import make_report
from vmadvisor.collect import Request, take
from vmadvisor.collect.roots import open_root
from vmadvisor.render.report_html import render
from vmadvisor.render.style import Style

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "6.12-memcg-oom-kill"
SCHEMES = {"dark": 0, "light": 1}
COLOURS_COUNT = 64


def page(root: str) -> str:
    """A report of the fixture's reading with a day of made-up history behind it."""
    before, after = take(open_root(root), Request())
    report = make_report(before, after, time_utc="2026-11-27T07:00:00Z", tool_version="0.1.0")
    return render(report, past(1_440, 60.0), Style())


def shoot(html: Path, target: Path, width: int, height: int, scheme: str) -> None:
    """A PNG of the page's first ``height`` pixels."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("no Chromium on this machine")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", f"--user-data-dir={profile}", f"--window-size={width},{height}",
            f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}", f"--screenshot={target}",
            html.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=240)


def reduce(target: Path) -> None:
    """The PNG in few colours."""
    from PIL import Image

    with Image.open(target) as picture:
        small = picture.convert("RGB").quantize(COLOURS_COUNT, dither=Image.Dither.NONE)
    small.save(target, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("--section", default="", help="now, changes, use, forecast, course, advice")
    parser.add_argument("--root", default=str(FIXTURE))
    parser.add_argument("--scheme", choices=list(SCHEMES), default="light")
    parser.add_argument("--width", type=int, default=1000)
    parser.add_argument("--height", type=int, default=1500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        html = Path(directory) / "report.html"
        hidden = (
            f"header, footer, section:not([aria-labelledby={options.section}]) {{ display: none }}"
        )
        style = f"<style>{hidden if options.section else ''}</style></head>"
        html.write_text(page(options.root).replace("</head>", style), encoding="utf-8")
        options.target.parent.mkdir(parents=True, exist_ok=True)
        shoot(html, options.target.resolve(), options.width, options.height, options.scheme)
    reduce(options.target)
    print(f"{options.target}: {options.target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
