"""The report as a browser takes it: it opens, asks nobody for anything, fits a phone, obeys no name."""

import http.server
import json
import re
import shutil
import subprocess
import threading

import pytest

from vmadvisor.render.past_report import renderer
from vmadvisor.render.style import Style

pytest.importorskip("matplotlib")

BROWSER = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")

SCRIPT = "<script>document.title='owned'</script>"
MEASURE = """<script>
addEventListener("load", () => {
  const wide = [...document.querySelectorAll("body *")].filter(
    (e) => !e.closest(".scroll > *") && e.getBoundingClientRect().right > innerWidth + 1);
  const said = {inner: innerWidth, scroll: document.documentElement.scrollWidth,
    title: document.title, wide: wide.map((e) => e.tagName + "." + e.className),
    plots: [...document.querySelectorAll("svg.plot")].map((e) => e.getBoundingClientRect().width),
    page: getComputedStyle(document.body).backgroundColor,
    text: getComputedStyle(document.querySelector("svg.plot text")).fill};
  document.body.innerHTML = "";
  document.body.textContent = "MEASURED" + JSON.stringify(said) + "END";
});
</script></body>"""


@pytest.fixture
def page(named_by_an_enemy, past_by_an_enemy):
    return renderer("html")(named_by_an_enemy(SCRIPT), past_by_an_enemy(SCRIPT), Style())


def browse(tmp_path, url, *more):
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--hide-scrollbars", "--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}",
         "--virtual-time-budget=3000", *more, url],
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    return done


def measured(tmp_path, page, *more):
    """What a script of ours sees; it is let in for this alone."""
    opened = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    file = tmp_path / "measured.html"
    file.write_text(opened.replace("</body>", MEASURE))
    dom = browse(tmp_path, file.as_uri(), "--dump-dom", *more).stdout
    found = re.search(r"MEASURED(\{.*?\})END", dom, re.DOTALL)
    assert found is not None, dom[:500]
    return json.loads(found[1])


def test_it_opens_without_a_word_on_the_console_and_no_name_runs(page, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(page)
    done = browse(tmp_path, file.as_uri(), "--dump-dom")

    assert "CONSOLE" not in done.stderr
    assert (
        "<title>WARNING: memory of &lt;script&gt;document.title='owned'&lt;/script&gt;</title>"
        in done.stdout
    )
    assert "<script" not in done.stdout
    assert done.stdout.count("<svg") == page.count("<svg") >= 7


def test_the_browser_would_say_on_the_console_what_is_wrong(page, tmp_path):
    """What the test above relies on."""
    file = tmp_path / "page.html"
    file.write_text(page.replace("</main>", "<script>1</script></main>"))

    assert "CONSOLE" in browse(tmp_path, file.as_uri(), "--dump-dom").stderr


@pytest.fixture
def server():
    """A web server that notes what it is asked for."""
    asked, pages = [], {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            body = pages.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            """Nothing."""

    found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{found.server_port}", asked, pages
    found.shutdown()
    thread.join()
    found.server_close()


def test_it_asks_for_nothing_but_itself(page, tmp_path, server):
    address, asked, pages = server
    pages["/page"] = page.replace(
        "</main>", f'<p style="background: url({address}/css)"><img src="{address}/img"></p></main>'
    ).encode()
    pages["/open"] = re.sub(
        rb'<meta http-equiv="Content-Security-Policy"[^>]*>', b"", pages["/page"]
    )
    browse(tmp_path, f"{address}/page", "--dump-dom")
    # A browser asks for the icon by itself; the page's own policy stops the rest, even what was put in.
    assert set(asked) <= {"/page", "/favicon.ico"}

    browse(tmp_path, f"{address}/open", "--dump-dom")
    assert {"/img", "/css"} <= set(asked)  # without the policy it would have asked

    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert "url(" not in re.sub(r"url\(#", "", page)


@pytest.mark.parametrize("width", [360, 1000])
def test_it_fits_a_phone_and_a_desk(page, tmp_path, width):
    inside = f'<iframe src="page.html" style="width: {width}px; height: 900px; border: 0"></iframe>'
    opened = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    (tmp_path / "page.html").write_text(opened.replace("</body>", MEASURE.replace(
        'document.body.textContent = "MEASURED"', 'parent.document.body.textContent = "MEASURED"'
    ).replace('document.body.innerHTML = "";', "")))  # fmt: skip
    (tmp_path / "outer.html").write_text(f"<!doctype html><body>{inside}</body>")
    dom = browse(tmp_path, (tmp_path / "outer.html").as_uri(), "--dump-dom", "--window-size=1200,900",
                 "--allow-file-access-from-files").stdout  # fmt: skip
    found = re.search(r"MEASURED(\{.*?\})END", dom, re.DOTALL)
    assert found is not None, dom[:500]
    seen = json.loads(found[1])

    assert seen["inner"] == width
    assert seen["scroll"] <= width
    assert seen["wide"] == []
    assert seen["title"] != "owned"
    assert min(seen["plots"]) >= 500


@pytest.mark.parametrize(
    ("scheme", "background", "text"),
    [
        ("1", "rgb(255, 255, 255)", "rgb(89, 98, 107)"),
        ("0", "rgb(20, 24, 28)", "rgb(165, 174, 183)"),
    ],
    ids=["light", "dark"],
)
def test_page_and_pictures_follow_the_readers_colours(page, tmp_path, scheme, background, text):
    seen = measured(tmp_path, page, f"--blink-settings=preferredColorScheme={scheme}")

    assert seen["page"] == background
    assert seen["text"] == text


def test_it_prints(page, tmp_path):
    file, target = tmp_path / "page.html", tmp_path / "page.pdf"
    file.write_text(page)
    browse(tmp_path, file.as_uri(), f"--print-to-pdf={target}", "--no-pdf-header-footer")
    data = target.read_bytes()

    assert data.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 20
