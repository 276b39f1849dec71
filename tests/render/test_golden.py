"""Every format of the canonical report, byte for byte.

To write the files anew after a change that was meant, and then to read the difference:

    VMADVISOR_WRITE_GOLDEN=1 python -m pytest tests/render/test_golden.py; git diff tests/render/golden
"""

import os
from pathlib import Path

import pytest

from vmadvisor.advise.finding import Severity
from vmadvisor.render import RENDERERS, renderer
from vmadvisor.render.style import Style

GOLDEN = Path(__file__).parent / "golden"


def test_the_canonical_report_holds_what_the_formats_must_show(report):
    severities = {finding.severity for finding in report.judgement.findings}

    assert severities == {Severity.WARNING, Severity.INFO}
    assert report.status is Severity.WARNING
    assert {one.rule_id for one in report.judgement.not_judged} == {"VMA-CGROUP-001", "VMA-OOM-001"}
    assert report.judgement.quiet
    assert any(finding.remedy for finding in report.judgement.findings)


@pytest.mark.parametrize("name", RENDERERS)
def test_a_format_gives_its_golden_text(report, name):
    path = GOLDEN / f"{name}.txt"
    text = renderer(name)(report, Style())
    if os.environ.get("VMADVISOR_WRITE_GOLDEN"):
        path.write_bytes(text.encode())

    assert text.encode() == path.read_bytes()


def test_every_format_has_a_golden_file_and_every_file_a_format():
    assert {path.stem for path in GOLDEN.iterdir()} == set(RENDERERS)
