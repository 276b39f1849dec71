"""The message: what a mail program makes of it, and what a name cannot make of it."""

from dataclasses import replace
from email import message_from_string
from email.headerregistry import Address
from email.policy import SMTP

import pytest

from vmadvisor.render.mail import SUBJECT_MAX_COLUMNS, message

FROM = Address(display_name="vmadvisor", addr_spec="root@db1")
TO = (Address(display_name="Ops", addr_spec="ops@example.org"), Address(username="root"))


def parsed(text):
    return message_from_string(text, policy=SMTP)


@pytest.fixture
def mail(report, past):
    return parsed(message(report, past, FROM, TO))


def test_headers_say_who_when_and_how_it_stands(mail, report):
    assert mail["Subject"] == f"WARNING: db1: {report.loud[0].title}"
    assert mail["From"] == "vmadvisor <root@db1>"
    assert mail["To"] == "Ops <ops@example.org>, root"
    assert mail["Date"].datetime.isoformat() == "2026-02-03T04:05:06+00:00"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["MIME-Version"] == "1.0"


def test_it_has_a_text_part_and_an_html_part_with_its_pictures(mail):
    pytest.importorskip("matplotlib")
    assert mail.get_content_type() == "multipart/alternative"
    text, related = mail.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert "WHAT CHANGED" in text.get_content()
    page, *pictures = related.iter_parts()
    assert page.get_content_type() == "text/html"
    html = page.get_content()
    assert len(pictures) >= 7
    for picture in pictures:
        assert picture.get_content_type() == "image/png"
        assert picture.get_content().startswith(b"\x89PNG")
        assert f'src="cid:{picture["Content-ID"].strip("<>")}" alt="' in html
    assert html.count("<img ") == len(pictures)
    assert "var(--" not in html
    assert "<details" not in html
    assert "img-src cid:" in html


def test_it_is_ascii_in_lines_that_any_transport_takes_and_the_same_again(report, past):
    text = message(report, past, FROM, TO)

    assert text.isascii()
    assert "\r" not in text
    assert max(map(len, text.split("\n"))) <= 998
    assert message(report, past, FROM, TO) == text


ENEMIES = (
    'db"1\r\nBcc: victim@example.org\r\n\r\nbody',
    "x\nSubject: other",
    "\u202egnp",
    "=?utf-8?q?=0ABcc:_a@b?=",
    "漢字" * 60,
    "a" * 300,
)


@pytest.mark.usefixtures("without_matplotlib")
@pytest.mark.parametrize("name", ENEMIES, ids=range(len(ENEMIES)))
def test_a_hosts_name_adds_no_header(report, past, name):
    named = replace(report, host=replace(report.host, hostname=name))
    mail = parsed(message(named, past, FROM, TO))

    assert set(mail.keys()) == {
        "Subject", "From", "To", "Date", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert mail.get_all("To") == ["Ops <ops@example.org>, root"]
    assert "\n" not in mail["Subject"]
    assert len(mail["Subject"]) <= SUBJECT_MAX_COLUMNS
    assert len(list(mail.iter_parts())) == 2
