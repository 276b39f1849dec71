"""CommitLimit binds in mode 2 only."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules.overcommit import RULE


@pytest.mark.parametrize(
    ("mode", "committed_kib", "severities"),
    [
        (0, 9_000_000, []),
        (1, 9_000_000, ["INFO"]),
        (2, 5_700_000, []),
        (2, 5_800_000, ["WARNING"]),
        (2, None, []),
        (None, 9_000_000, []),
    ],
)
def test_modes_against_a_limit_of_6097152_kib(quiet, said, mode, committed_kib, severities):
    facts = quiet.facts(
        replace(quiet.SYSCTL, overcommit_memory_mode=mode),
        replace(quiet.MEMINFO, committed_as_kib=committed_kib),
    )

    assert said(RULE, facts) == [(severity, "host") for severity in severities]
