"""What ``check`` does once its options are known: read, derive, judge, render."""

import time

from vmadvisor import __version__
from vmadvisor.advise.finding import Severity
from vmadvisor.advise.report import make_report
from vmadvisor.cli._calibration import own_map
from vmadvisor.cli._check_options import CheckOptions
from vmadvisor.cli._output import opened, stdout_style
from vmadvisor.cli._remember import Seen
from vmadvisor.cli._settings import given_settings, keep_s_of
from vmadvisor.collect import Request, taken
from vmadvisor.collect.roots import LiveRoot
from vmadvisor.model.forecast import CHECK_HORIZONS_S
from vmadvisor.model.outlook import Asked, track_of
from vmadvisor.model.track import KEEP_S
from vmadvisor.records import replace
from vmadvisor.render import renderer


def verdict(options: CheckOptions, *, interval_s: float, deadline_s: float) -> tuple[str, int]:
    """(what to print, the exit code)."""
    root = opened(options.root)
    given = given_settings(options.config, is_live=isinstance(root, LiveRoot))
    request = Request(
        processes="shortlist",
        cgroups=True,
        deep=options.deep,
        interval_s=interval_s,
        at_s=options.at_s,
        deadline_s=deadline_s,
        configuration=options.provenance,
        past_s=KEEP_S if interval_s > 0 else 0.0,
    )
    before, after, past = taken(root, request)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    own, gap = own_map(after, options.calibration)
    if gap is not None:
        after = replace(after, gaps=(*after.gaps, gap))
    asked = Asked(horizons_s=options.horizons_s or CHECK_HORIZONS_S, own=own, track=track_of(past))
    report = make_report(
        before, after, time_utc=now, tool_version=__version__, asked=asked, given=given
    )
    code = report.judgement.exit_code
    if options.keep_s is None:
        options.keep_s = keep_s_of(given)
    options.seen = Seen(
        after=after, own=own, outlook=report.outlook, status=report.status.name,
        finding_ids=tuple(one.id for one in report.loud),
        headline=report.loud[0].title if report.loud else "",
    )  # fmt: skip
    if options.on_change:
        from vmadvisor.cli._on_change import is_news

        if not is_news(report.status, options):
            return "", code
    if options.quiet and report.status is Severity.OK:
        return "", code
    return renderer(options.format_)(report, stdout_style(color=options.color)), code
