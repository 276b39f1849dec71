"""The HTML page as a browser takes it: whatever processes call themselves, nothing of it runs or loads."""

import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from vmadvisor.__main__ import run

LEAK = Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log"
NAMES = (
    "<script>document.title=1</script>",
    "<img src=x onerror=document.title=2>",
    "</td></table><svg/onload=document.title=3>",
    "\"'><iframe src=javascript:document.title=4>",
    "</style><script>document.title=5</script>",
    "&lt;b&gt;{{7*7}}${7*7}",
)
DOCUMENT_ELEMENTS = frozenset(
    {"script", "img", "svg", "iframe", "object", "embed", "link", "base", "form"}
)
BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

in_a_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


class Elements(HTMLParser):
    """Element names, the title, attributes that would run something."""

    def __init__(self):
        super().__init__()
        self.names, self.running, self.title, self._in_title = [], [], "", False

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self._in_title = tag == "title"
        self.running += [
            name for name, value in attrs if name.startswith("on") or "javascript:" in (value or "")
        ]

    def handle_endtag(self, _tag):
        self._in_title = False

    def handle_data(self, data):
        self.title += data if self._in_title else ""


def as_the_browser_has_it(page, tmp_path):
    """The document after everything in it has run, as elements and as text."""
    file = tmp_path / "page.html"
    file.write_text(page)
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=2000", "--dump-dom", file.as_uri()],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    elements = Elements()
    elements.feed(done.stdout)
    return elements, done.stdout


def hostile_page(name, capsys, tmp_path):
    log = tmp_path / "hostile.log"
    log.write_text(LEAK.read_text().replace("leaky", name))
    assert run(["postmortem", str(log), "--format", "html", "--all-tasks"]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_makes_no_element_and_no_attribute(name, capsys, tmp_path):
    page = hostile_page(name, capsys, tmp_path)
    elements = Elements()
    elements.feed(page)

    assert DOCUMENT_ELEMENTS.isdisjoint(elements.names)
    assert elements.running == []
    assert name not in page or name == "leaky"


@in_a_browser
def test_the_browser_would_run_what_is_not_escaped(tmp_path):
    """What the next test relies on."""
    elements, _ = as_the_browser_has_it(f"<title>0</title><body>{NAMES[0]}", tmp_path)

    assert elements.title == "1"


@in_a_browser
def test_in_a_browser_nothing_runs_and_the_names_are_text(capsys, tmp_path):
    page = hostile_page("".join(NAMES[:2])[:60], capsys, tmp_path)
    elements, dom = as_the_browser_has_it(page, tmp_path)
    before = Elements()
    before.feed(page)

    assert DOCUMENT_ELEMENTS.isdisjoint(elements.names)
    assert elements.title == before.title
    assert "&lt;script&gt;document.title=1" in dom
    assert {"table", "h1", "body"} <= set(elements.names)
