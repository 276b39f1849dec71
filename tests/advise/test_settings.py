"""The configuration gives facts; what cannot be meant is an error with its line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.advise.critical import CriticalServices
from vmadvisor.advise.ignored import IgnoredRule, IgnoredRules
from vmadvisor.advise.kept_history import KeptHistory
from vmadvisor.advise.settings import parse
from vmadvisor.advise.targets import Targets
from vmadvisor.errors import SettingsError

IDS = ("VMA-SWAP-001", "VMA-PSI-001")
WHOLE = """\
[targets]
full_stall_s_per_h = 2.5

[critical]
services = ["billing.service", "myapp"]
defaults = false

[history]
keep_days = 1.5

[[ignore]]
rule = "VMA-SWAP-001"
reason = "no swap by policy"
date = 2026-11-27

[[ignore]]
rule = "VMA-PSI-001"
reason = "psi=0 on purpose"
date = "2026-10-01"
until = 2027-03-31
scope = "host"
"""


def test_a_whole_file_gives_all_its_facts():
    assert parse(WHOLE, IDS) == (
        Targets(full_stall_s_per_h=2.5),
        CriticalServices(comms=frozenset({"myapp"}), units=frozenset({"billing.service"})),
        KeptHistory(keep_s=129_600.0),
        IgnoredRules(
            rules=(
                IgnoredRule(
                    rule_id="VMA-SWAP-001", reason="no swap by policy", date="2026-11-27"
                ),
                IgnoredRule(
                    rule_id="VMA-PSI-001", reason="psi=0 on purpose", date="2026-10-01",
                    until="2027-03-31", scope="host",
                ),
            )
        ),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n"])
def test_an_empty_file_gives_none(text):
    assert parse(text, IDS) == ()


def test_services_join_the_default_list_unless_told_otherwise():
    (services,) = parse('[critical]\nservices = ["myapp"]\n', IDS)

    assert services.covers("myapp", None)
    assert services.covers("sshd", None)


def ignoring(**changes):
    fields = {"rule": '"VMA-SWAP-001"', "reason": '"x"', "date": "2026-11-27"} | changes
    return "[[ignore]]\n" + "".join(f"{k} = {v}\n" for k, v in fields.items() if v is not None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[targts]\n", "line 1: targts: no such key; there are targets, critical, history, "),
        ("\n[targets]\n\nfull_stall = 1\n", "line 4: targets.full_stall: no such key"),
        ('[targets]\nfull_stall_s_per_h = "1"\n', "line 2: targets.full_stall_s_per_h: a number"),
        ("[targets]\nfull_stall_s_per_h = true\n", "line 2: targets.full_stall_s_per_h: a number"),
        ("[targets]\nfull_stall_s_per_h = 0\n", "line 2: targets.full_stall_s_per_h: more than 0"),
        ("[targets]\nfull_stall_s_per_h = nan\n", "line 2: targets.full_stall_s_per_h: more than"),
        ("targets = 3\n", "line 1: targets: a table is expected"),
        ('[critical]\nservices = "sshd"\n', "line 2: critical.services: a list"),
        ('[critical]\nservices = [\n "a",\n 7 ]\n', "line 2: critical.services: a name"),
        ("[critical]\ndefaults = 1\n", "line 2: critical.defaults: true or false"),
        ("[history]\nkeep = 3\n", "line 2: history.keep: no such key; there are keep_days"),
        ('[history]\nkeep_days = "30d"\n', "line 2: history.keep_days: a number"),
        ("[history]\n\nkeep_days = 0\n", "line 3: history.keep_days: more than 0"),
        (
            "[history]\nkeep_days = 3651\n",
            "line 2: history.keep_days: more than 0 and at most 3650 days",
        ),
        ("[ignore]\nrule = 1\n", r"line 1: ignore: write \[\[ignore\]\]"),
        (ignoring(rule='"VMA-SWOP-001"'), "line 2: ignore.rule: no such rule"),
        (ignoring(reason=None), "line 1: ignore: reason is missing"),
        (ignoring(reason='" "'), "line 3: ignore.reason: a text"),
        (ignoring(date=None), "line 1: ignore: date is missing"),
        (ignoring(date='"yesterday"'), "line 4: ignore.date: a day"),
        (ignoring(date="20261127"), "line 4: ignore.date: a day"),
        (ignoring(date="2026-11-27T10:00:00Z"), "line 4: ignore.date: a day"),
        (ignoring(until="true"), "line 5: ignore.until: a day"),
        (ignoring(who='"me"'), "line 5: ignore.who: no such key"),
        ("a = [\n", "line 2: "),
        ("[targets]\nx = = 1\n", "line 2: "),
        ("a = " + "[" * 9000 + "\n", "line 1: "),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_its_line(text, message):
    with pytest.raises(SettingsError, match=rf"^{message}"):
        parse(text, IDS)


@given(text=st.text())
def test_any_text_gives_facts_or_an_error_of_its_own(text):
    with suppress(SettingsError):
        parse(text, IDS)
