"""All rules, in the order in which ``vmadvisor rules`` lists them. A new rule is one file and one line."""

from vmadvisor.advise.finding import Rule
from vmadvisor.advise.rules import (
    availability,
    cgroup_limit,
    compaction,
    direct_reclaim,
    evicted_files,
    foreseen_kill,
    foreseen_stall,
    node_marks,
    oom_kills,
    overcommit,
    psi_disabled,
    relief,
    swap,
    victim_order,
    zone_reclaim,
)

RULES: tuple[Rule, ...] = (
    foreseen_kill.RULE,
    foreseen_stall.RULE,
    relief.RULE,
    oom_kills.RULE,
    direct_reclaim.RULE,
    evicted_files.RULE,
    availability.RULE,
    node_marks.RULE,
    swap.RULE,
    compaction.RULE,
    cgroup_limit.RULE,
    victim_order.RULE,
    zone_reclaim.RULE,
    overcommit.RULE,
    psi_disabled.RULE,
)
