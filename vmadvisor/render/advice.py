"""``vmadvisor advise``: relief first, then what to change, then what was found; or JSON; or an Ansible play."""

from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import Report
from vmadvisor.render import ansible, json_report
from vmadvisor.render.advice_text import relief_part
from vmadvisor.render.layout import printed
from vmadvisor.render.style import Style
from vmadvisor.render.text_report import advice_parts, finding_part, headline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.render.parts import Part


def render_text(report: Report, style: Style) -> str:
    """Lines of at most ``style.width_columns``."""
    parts: list[Part] = [headline(report)]
    if report.relief is not None:
        parts.append(relief_part(report.relief))
    advised = advice_parts(report)
    remedies = [finding for finding in report.judgement.findings if finding.remedy is not None]
    if not (report.relief or advised or remedies or report.loud):
        parts.append("No change needed.")
    elif not (report.relief or advised or remedies):
        parts.append("Nothing to change that the model says would help.")
    parts += advised
    told = {advice.id for advice in report.recommendations}
    parts += [
        finding_part(finding, report.host.page_size_bytes)
        for finding in report.judgement.findings
        if finding.id not in told and (finding.severity > Severity.INFO or finding.remedy)
    ]
    return printed(parts, style)


FORMATS = {"text": render_text, "json": json_report.render, "ansible": ansible.render}
