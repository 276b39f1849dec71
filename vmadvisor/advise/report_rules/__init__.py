"""Rules that only an OOM report can feed, asked by ``postmortem`` beside those of ``check``.

A new one is one file and one line, as in ``advise/rules``.
"""

from vmadvisor.advise.finding import Rule
from vmadvisor.advise.report_rules import cause, evidence, spare

REPORT_RULES: tuple[Rule, ...] = (cause.RULE, spare.RULE, evidence.RULE)
