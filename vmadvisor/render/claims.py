"""Findings, recommendations and ways out as a page shows them: proof, what speaks against it, commands, undo."""

from vmadvisor.advise.finding import HOST, Finding, Quantity
from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.advise.report import Report
from vmadvisor.advise.rules._relief import Relief
from vmadvisor.render import quantities as q
from vmadvisor.render.advice_text import WORD, advice_part, effect_text, relief_part, way_title
from vmadvisor.render.page import Claim
from vmadvisor.render.parts import Entry
from vmadvisor.render.text_report import finding_part, ignored_line


def claims(report: Report) -> list[Claim]:
    """In the order of ``check``; recommendations that stand among the ways out already are left out."""
    page = report.host.page_size_bytes
    told = set() if report.relief is None else {way.command for way in report.relief.ways}
    found = [_finding(one, page) for one in report.judgement.findings]
    found += [_advice(one, page) for one in report.recommendations if one.command not in told]
    for one in report.judgement.ignored:
        line = ignored_line(one)
        entry = Entry("IGNORED", line.removeprefix("ignored: "), (), "")
        found.append(
            Claim(word="IGNORED", title=entry.title, told=(), commands=(), then=(), entry=entry)
        )
    return found


def _quantities(items: tuple[Quantity, ...], page: int | None) -> str:
    return ", ".join(f"{item.name} {q.quantity(item, page)}" for item in items)


def _scoped(title: str, scope: str) -> str:
    return title if scope == HOST else f"{title} [{scope}]"


def _told(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Those that say something."""
    return tuple((label, text) for label, text in pairs if text)


def _finding(one: Finding, page: int | None) -> Claim:
    remedy = one.remedy
    return Claim(
        word=one.severity.name,
        title=_scoped(one.title, one.scope),
        told=_told(
            ("because", _quantities(one.evidence, page)),
            ("but", _quantities(one.counter_evidence, page)),
            ("confidence", one.confidence),
            ("would change it", "; ".join(one.would_change)),
            ("rule", one.id),
        ),
        commands=() if remedy is None else (("do", remedy.command), ("undo", remedy.undo)),
        then=() if remedy is None else (("then", remedy.effect), ("risk", remedy.risk)),
        entry=finding_part(one, page),
    )


def _advice(one: Recommendation, page: int | None) -> Claim:
    now = "none yet" if one.current is None else one.current
    return Claim(
        word=WORD,
        title=_scoped(one.claim, one.scope),
        told=_told(
            ("change", f"{one.key}: {now} -> {one.recommended}"),
            ("foretold", "; ".join(effect_text(effect, page) for effect in one.predicted)),
            ("because", _quantities(one.evidence, page)),
            ("but", _quantities(one.counter_evidence, page)),
            ("confidence", one.confidence),
            ("would change it", "; ".join(one.would_change)),
            ("rule", one.id),
        ),
        commands=(("do", one.command), ("undo", one.undo), ("keep", one.persist)),
        then=(("risk", one.risk),),
        entry=advice_part(one, page),
    )


def relief_claim(found: Relief) -> Claim:
    """What to do now; each way's command and undo in the order of the time they buy."""
    entry = relief_part(found)
    commands: list[tuple[str, str]] = []
    for number, way in enumerate(found.ways, 1):
        commands += [
            (f"{number}. {way_title(way)}; risk: {way.risk}", way.command),
            ("undo", way.undo),
        ]
    first = [] if found.grower is None else [("who", entry.lines[0])]
    return Claim(
        word=entry.word,
        title=entry.title,
        told=tuple(first),
        commands=tuple(commands),
        then=(),
        entry=entry,
    )
