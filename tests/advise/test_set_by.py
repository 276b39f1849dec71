"""Whoever set an advised value is named beside the advice: his file is what has to change."""

from dataclasses import replace

from vmadvisor.advise.finding import Judgement, Severity
from vmadvisor.advise.set_by import with_origins
from vmadvisor.advise.setting_rules import _examples as case
from vmadvisor.model.facts import Facts
from vmadvisor.model.provenance import Origin, Provenance


def told(advice, **changes):
    one = replace(case.SWAPPINESS, **changes)
    facts = Facts.of(Provenance(by_key={one.key: one}, tuned=None, is_complete=True))
    whole = Judgement(
        status=Severity.OK, findings=(), quiet=(), not_judged=(), recommendations=(advice,)
    )
    (found,) = with_origins(whole, facts).recommendations
    return [(item.name, item.value, item.source) for item in found.evidence][len(advice.evidence) :]


def test_an_advised_setting_has_its_origin_and_who_comes_later(advice):
    mine = replace(advice, key="sysctl:vm.swappiness")
    later = Origin(by="job", path="/etc/rc.local", line=4, value="40")
    unread = Origin(by="sysctl.d", path="/etc/sysctl.conf", line=2, value="9")

    assert told(mine, later=(later,), unread=unread) == [
        ("set_by", "60", "/etc/sysctl.d/60-db.conf:3"),
        ("not_read_at_boot", "9", "/etc/sysctl.conf:2"),
        ("written_later", "40", "/etc/rc.local:4"),
    ]


def test_other_keys_and_settings_that_nobody_set_stay_as_they_are(advice):
    assert told(advice) == []
    assert told(replace(advice, key="unit:vm.swappiness")) == []
    assert told(replace(advice, key="sysctl:vm.swappiness"), boot=None) == []


def test_without_provenance_nothing_changes(advice):
    whole = Judgement(
        status=Severity.OK, findings=(), quiet=(), not_judged=(), recommendations=(advice,)
    )

    assert with_origins(whole, Facts.of()) is whole
