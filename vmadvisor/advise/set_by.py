"""Beside each advised setting: who set it, and who would set it again."""

from collections.abc import Iterator

from vmadvisor.advise.finding import Judgement, Quantity
from vmadvisor.advise.recommendation import SYSCTL, Recommendation
from vmadvisor.model.facts import Facts
from vmadvisor.model.provenance import Origin, Provenance, SettingOrigin
from vmadvisor.records import replace


def _said(name: str, origin: Origin) -> Quantity:
    return Quantity(
        name=name, value=origin.value, unit=origin.by, source=f"{origin.path}:{origin.line}"
    )


def _of(one: SettingOrigin) -> Iterator[Quantity]:
    """What counts at boot, what is read by nobody, what comes later."""
    if one.boot is not None:
        yield _said("set_by", one.boot)
    if one.unread is not None:
        yield _said("not_read_at_boot", one.unread)
    for origin in one.later:
        yield _said("written_later", origin)


def _with(advice: Recommendation, origins: Provenance) -> Recommendation:
    one = origins.by_key.get(advice.key.removeprefix(SYSCTL))
    if one is None or not advice.key.startswith(SYSCTL):
        return advice
    return replace(advice, evidence=(*advice.evidence, *_of(one)))


def with_origins(judgement: Judgement, facts: Facts) -> Judgement:
    """The judgement with the origin of every sysctl that is advised to be changed."""
    origins = facts.get(Provenance)
    if origins is None or not judgement.recommendations:
        return judgement
    advised = tuple(_with(advice, origins) for advice in judgement.recommendations)
    return replace(judgement, recommendations=advised)
