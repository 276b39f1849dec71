"""Missing PSI is missed only where the kernel could have it."""

import pytest

from vmadvisor.advise.rules.psi_disabled import RULE
from vmadvisor.kernel.behaviour import behaviour_at
from vmadvisor.sources import cmdline, version
from vmadvisor.sources.pressure import MemoryPressure


def no_psi(quiet, without, *others, release="6.1.0"):
    rules = behaviour_at(version.parse(f"Linux version {release} (x)"))
    return without(quiet.facts(rules, *others), MemoryPressure)


def test_a_kernel_before_4_20_has_no_psi_to_miss(quiet, said, without):
    assert said(RULE, no_psi(quiet, without, release="4.19.0")) == []
    assert said(RULE, no_psi(quiet, without, release="4.20.0")) == [("INFO", "host")]


@pytest.mark.parametrize(
    ("arguments", "confidence", "command"),
    [
        ("ro quiet", "medium", "add psi=1 to the kernel command line, then reboot"),
        ("ro psi=0", "high", "put psi=1 for psi=0 on the kernel command line, then reboot"),
        ("ro psi=1", "medium", None),
    ],
)
def test_the_remedy_follows_from_the_command_line(quiet, without, arguments, confidence, command):
    facts = no_psi(quiet, without, cmdline.parse(f"{arguments}\n"))
    (finding,) = RULE.check(facts)

    assert finding.confidence == confidence
    assert (finding.remedy.command if finding.remedy else None) == command


def test_a_kernel_of_unknown_age_is_not_judged(quiet, without):
    from dataclasses import replace

    undated = replace(quiet.BEHAVIOUR, version_base=None)
    facts = without(quiet.facts(undated), MemoryPressure)

    assert RULE.lacks(facts) == ("/proc/version",)
