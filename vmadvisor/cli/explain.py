"""``vmadvisor explain``: a rule by its ID, a widespread claim by its name; of a host's snapshot if given."""

import time

import click

from vmadvisor import __version__
from vmadvisor.advise.claims import CLAIMS, Claim
from vmadvisor.advise.finding import Rule
from vmadvisor.advise.report import Report, make_report
from vmadvisor.advise.report_rules import REPORT_RULES
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.setting_rules import SETTING_RULES
from vmadvisor.advise.tuning import TUNING_RULES
from vmadvisor.cli._options import config_option, emit, opened, root_options
from vmadvisor.cli._settings import given_settings
from vmadvisor.collect import Request, take, taken
from vmadvisor.collect.roots import LiveRoot
from vmadvisor.kernel.behaviour import behaviour_of, page_size_bytes
from vmadvisor.model.outlook import Asked, track_of
from vmadvisor.model.track import KEEP_S
from vmadvisor.render import claim as claim_output
from vmadvisor.render.explain import render, render_on
from vmadvisor.render.json_text import dumps

ALL_RULES = (*RULES, *TUNING_RULES, *SETTING_RULES, *REPORT_RULES)


def listing() -> str:
    """Every rule, then every claim."""
    rules = [f"{rule.id:<16} {rule.title}" for rule in ALL_RULES]
    claims = [f"{claim.name:<22} {claim.claim}" for claim in CLAIMS]
    return "\n".join([*rules, "", *claims]) + "\n"


def _claim_text(claim: Claim, root: str, at_s: float | None) -> str:
    request = Request(processes="shortlist", cgroups=False, interval_s=0, at_s=at_s)
    _, after = take(opened(root), request)
    return claim_output.render(
        claim,
        tuple(claim.numbers(after)),
        base=behaviour_of(after).version_base,
        page_size_bytes=page_size_bytes(after),
        where="this host now" if after.host.is_live else f"in {root}",
    )


def _report(root_name: str, at_s: float | None, config: str | None) -> Report:
    root = opened(root_name)
    given = given_settings(config, is_live=isinstance(root, LiveRoot))
    request = Request(processes="shortlist", at_s=at_s, configuration=True, past_s=KEEP_S)
    before, after, past = taken(root, request)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    asked = Asked(track=track_of(past))
    return make_report(
        before, after, time_utc=now, tool_version=__version__, asked=asked, given=given
    )


def _rule_json(rule: Rule, report: Report) -> str:
    """As ``check --format json`` has it, of this rule alone."""
    judgement = report.judgement
    return dumps(
        {
            "rule_id": rule.id,
            "findings": [one for one in judgement.findings if one.id == rule.id],
            "recommendations": [one for one in judgement.recommendations if one.id == rule.id],
            "not_judged": [one for one in judgement.not_judged if one.rule_id == rule.id],
        }
    )


@click.command(
    epilog="""\b
Examples:
  vmadvisor explain                       what can be asked for
  vmadvisor explain VMA-RECLAIM-001       a rule, on its own example
  vmadvisor explain VMA-AVAIL-001 --root rec.tar.zst --at 40
                                          its numbers in a snapshot
  vmadvisor explain swappiness-0          a claim, with this host's numbers"""
)
@click.argument(
    "name",
    metavar="[ID|CLAIM]",
    required=False,
    type=click.Choice(
        [*(rule.id for rule in ALL_RULES), *(claim.name for claim in CLAIMS)], case_sensitive=False
    ),
)
@root_options
@config_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="json: what a rule says of --root, as check --format json has it.",
)
@click.pass_context
def command(
    ctx: click.Context,
    *,
    name: str | None,
    root: str,
    at_s: float | None,
    config: str | None,
    format_: str,
) -> None:
    """Explain one rule, or what is true of a widespread claim; without either, list them."""
    if name is None:
        emit(listing())
        return
    claim = next((claim for claim in CLAIMS if claim.name == name), None)
    if claim is not None:
        if format_ == "json":
            raise click.BadParameter("a claim is text", param_hint="--format")
        emit(_claim_text(claim, root, at_s))
        return
    rule = next(rule for rule in ALL_RULES if rule.id == name)
    is_asked_of_a_host = ctx.get_parameter_source("root") is not click.core.ParameterSource.DEFAULT
    if not is_asked_of_a_host and format_ == "text":
        emit(render(rule))
        return
    report = _report(root, at_s, config)
    where = "this host now" if report.host.is_live else root
    emit(_rule_json(rule, report) if format_ == "json" else render_on(rule, report, where))
