"""Jobs that throw away what is needed again are named with their line and a way back."""

import pytest

from vmadvisor.advise.setting_rules.jobs import RULE


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("vm.drop_caches", "3", "drops caches"),
        ("vm.compact_memory", "1", "compacts all of memory"),
        ("swapoff -a", None, "reads all of swap back"),
    ],
)
def test_a_job_that_does_harm_is_said(case, titles, key, value, words):
    ((severity, title),) = titles(RULE, case.facts(case.job("etc/cron.d/clean", key, value)))

    assert severity == "INFO"
    assert words in title
    assert title.endswith("/etc/cron.d/clean line 7")


@pytest.mark.parametrize("key", ["vm.swappiness", "/sys/kernel/mm/ksm/run"])
def test_a_job_that_sets_something_is_not(case, titles, key):
    assert titles(RULE, case.facts(case.job("etc/rc.local", key, "1"))) == []


def test_the_remedy_quotes_a_hostile_name(case):
    path = "etc/cron.d/a b; reboot"
    (finding,) = RULE.check(case.facts(case.job(path, "vm.drop_caches", "3")))

    assert finding.remedy.command == "sed -i.vmadvisor '7s/^/# /' '/etc/cron.d/a b; reboot'"
    assert finding.remedy.undo == (
        "mv '/etc/cron.d/a b; reboot.vmadvisor' '/etc/cron.d/a b; reboot'"
    )
