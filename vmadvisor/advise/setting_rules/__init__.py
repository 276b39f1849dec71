"""Rules about what a host's files set; asked only where those files were read, and loaded only then."""

from vmadvisor.advise.finding import Rule
from vmadvisor.advise.setting_rules import boot_values, jobs, managed_oom, unit_adj

SETTING_RULES: tuple[Rule, ...] = (boot_values.RULE, jobs.RULE, unit_adj.RULE, managed_oom.RULE)
