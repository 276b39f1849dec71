"""Every format, piece by piece; a hostile log obeys none of them."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from vmadvisor.advise.postmortem import postmortem
from vmadvisor.advise.report_rules._examples import CGROUP_LOG
from vmadvisor.render.postmortem import FORMATS, writer
from vmadvisor.render.style import Style
from vmadvisor.snapshot import Gap
from vmadvisor.sources.oom_log import reports

LEAK = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_bytes()
GAP = Gap(path="/dev/<b>\x1b", reason="why", cost="cost")
HOSTILE = (
    "\x1b[2J\x07",
    "<script>x",
    "a&\"'><b>",
    "\u202egnp.exe",
    "{{ 7*7 }}",
    "[bold]x[/]",
    "caf\udcc3",
)


def render(name, data, *, has_all_tasks=False, style=None):
    style, output = style or Style(), writer(name)
    found = [postmortem(report) for report in reports([data])]
    body = "".join(
        output.one(one, n, style, has_all_tasks=has_all_tasks) for n, one in enumerate(found, 1)
    )
    return output.begin(style) + body + output.end(len(found), (GAP,), style)


def test_json_has_the_fixed_interface_in_the_logs_order():
    told = json.loads(render("json", LEAK + CGROUP_LOG))["reports"]

    assert [list(one)[:9] for one in told] == [
        ["time_s", "time_utc", "constraint", "scope", "cause", "victim", "predicted", "agrees", "why_not"]
    ] * 3  # fmt: skip
    assert (
        told[0]
        | {
            "time_s": 41.025292,
            "time_utc": None,
            "constraint": "CONSTRAINT_NONE",
            "scope": "host",
            "cause": "below_mark",
            "victim": {"pid": 114, "comm": "base"},
            "predicted": {"pid": 114, "comm": "base"},
            "agrees": True,
            "why_not": None,
            "runner_up": {"pid": 116, "comm": "leaky", "points": 9536, "oom_score_adj": -300},
            "spared_by": {"oom_score_adj": -195, "then": {"pid": 116, "comm": "leaky"}},
            "tasks_count": 4,
            "tasks": None,
        }
        == told[0]
    )
    assert (told[2]["scope"], told[2]["cause"]) == ("/system.slice/web.service", "cgroup_limit")


def test_json_without_a_kill_or_a_table_has_nulls():
    (told,) = json.loads(render("json", b"Out of memory: Killed process 5 (b).\n"))["reports"]

    assert (told["predicted"], told["agrees"], told["time_s"]) == (None, None, None)
    assert told["victim"] == {"pid": 5, "comm": "b"}
    assert "no task table" in told["why_not"]


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_log_is_a_whole_document(name):
    text = render(name, b"")

    assert text.endswith("\n")
    assert name != "json" or json.loads(text)["reports"] == []
    assert name != "text" or "no OOM report" in text


@pytest.mark.parametrize("name", FORMATS)
def test_all_tasks_are_shown_on_request(name):
    assert "recorder" not in render(name, LEAK)
    assert "recorder" in render(name, LEAK, has_all_tasks=True)


def test_text_tells_who_why_and_what_next():
    text = render("text", LEAK + CGROUP_LOG)

    assert "1. base (pid 114) was killed: below_mark of this host" in text
    assert "oom_score_adj -195 (it had 0) would have spared base and taken leaky" in text
    assert "3. web (pid 157) was killed: cgroup_limit of /system.slice/web.service" in text
    assert re.search(r"0 DMA32 .*below its", text)
    assert max(map(len, text.splitlines())) <= 80


def test_text_keeps_to_ascii_where_asked():
    assert render("text", LEAK, style=Style(is_unicode=False)).isascii()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("comm", HOSTILE)
def test_a_hostile_name_does_nothing(name, comm):
    log = CGROUP_LOG.replace(b" web\n", f" {comm}\n".encode("utf-8", "surrogateescape"))
    log = log.replace(b"(web)", f"({comm})".encode("utf-8", "surrogateescape"))
    log = log.replace(b"/system.slice/web.service", f"/x/{comm}".encode("utf-8", "surrogateescape"))
    text = render(name, log, has_all_tasks=True)

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)
    text.encode("utf-8")
    if name == "html":
        assert Tags.of(text) <= {
            "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "section", "p", "br", "table", "thead",
            "tbody", "tr", "th", "td", "code",
        }  # fmt: skip
        assert "49" not in text.partition("<h2>")[2].partition("</h2>")[0]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        assert all(
            name in {"class", "id", "lang", "charset", "http-equiv", "content"} for name, _ in attrs
        )

    @classmethod
    def of(cls, text):
        parser = cls()
        parser.feed(text)
        return parser.found


def test_html_is_one_page_that_loads_nothing():
    text = render("html", LEAK)

    assert text.count("<section") == 2
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=|<script|url\(", text)
