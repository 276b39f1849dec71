"""``report --mail``: one message for ``sendmail -t``, a text part and an HTML part whose pictures come along.

    multipart/alternative
      text/plain
      multipart/related
        text/html       <img src="cid:memory@vmadvisor">
        image/png       Content-ID: <memory@vmadvisor>

No header takes a line end from a name: what is not printable is made visible before, and the library
refuses the rest. It is all ASCII, so that any transport takes it. The same report gives the same message.
"""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from vmadvisor.advise.report import Report
from vmadvisor.model.past import Past
from vmadvisor.render import draw
from vmadvisor.render.chart import Drawn
from vmadvisor.render.chart_words import described
from vmadvisor.render.escape import terminal
from vmadvisor.render.page import Page
from vmadvisor.render.page_of import page_of
from vmadvisor.render.past_text import lines
from vmadvisor.render.report_html import html, image
from vmadvisor.render.style import Style

SUBJECT_MAX_COLUMNS = 160
_POLICY = SMTP.clone(linesep="\n", cte_type="7bit", max_line_length=76)
_HEADER_COLUMNS = 900
"""Below the 998 of RFC 5322: a subject that is not folded is one that every reader shows."""

_DOMAIN = "vmadvisor"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def message(report: Report, past: Past, sender: Address, to: tuple[Address, ...]) -> str:
    """The message, ASCII, lines ended by line feeds as ``sendmail`` reads them."""
    page = page_of(report, past, Style())
    found = EmailMessage(policy=_POLICY)
    found["Subject"] = subject(page)
    found["From"] = sender
    found["To"] = to
    found["Date"] = format_datetime(_time(report.time_utc))
    found["Auto-Submitted"] = "auto-generated"
    found.set_content(lines(page, report, Style(is_unicode=False)), cte="quoted-printable")
    pictures = _Pictures()
    found.add_alternative(
        html(page, pictures.of, is_mail=True), subtype="html", cte="quoted-printable"
    )
    parts = found.get_payload()
    related = parts[1]  # type: ignore[index]
    for name, data in pictures.found.items():
        related.add_related(data, "image", "png", cid=f"<{name}>", filename=f"{name.partition('@')[0]}.png", disposition="inline")  # type: ignore[union-attr]  # fmt: skip
    for number, part in enumerate(one for one in found.walk() if one.is_multipart()):
        part.set_boundary(_boundary(page, report, number))
    return found.as_string(policy=_POLICY.clone(max_line_length=_HEADER_COLUMNS))


def subject(page: Page) -> str:
    """One line: the verdict, the host, why.

    ``=?`` would begin an encoded word, which the library decodes on the way, line ends and all.
    """
    text = f"{page.status}: {terminal(page.host)}: {terminal(page.headline)}".replace("=?", "= ?")
    return text if len(text) <= SUBJECT_MAX_COLUMNS else text[: SUBJECT_MAX_COLUMNS - 1] + "…"


class _Pictures:
    """PNGs by their content identifiers, in the order in which the page holds them."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}

    def of(self, chart: Drawn) -> object:
        if draw.why_not() is not None:
            return None
        name = f"{chart.key}@{_DOMAIN}"
        self.found[name] = draw.png(chart)
        return image(f"cid:{name}", f"{chart.title}. {described(chart)}")


def _boundary(page: Page, report: Report, number: int) -> str:
    """Unlike anything in the parts, for they are encoded in letters of another kind."""
    text = f"{page.host}\0{report.time_utc}\0{report.snapshot_time_s}\0{number}"
    return f"=_vmadvisor_{sha256(text.encode(errors='replace')).hexdigest()[:32]}_="


def _time(time_utc: str) -> datetime:
    try:
        return datetime.fromisoformat(time_utc)
    except ValueError:
        return _EPOCH
