"""All rules, in the order in which ``vmadvisor rules`` lists them. A new rule is one file and one line."""

from vmadvisor.advise.finding import Rule
from vmadvisor.advise.rules import (
    availability,
    cgroup_limit,
    compaction,
    direct_reclaim,
    inherited_adj,
    node_marks,
    oom_group,
    oom_kills,
    oom_policy,
    overcommit,
    psi_disabled,
    raised_adj,
    swap,
    unkillable,
    victim_order,
    zone_reclaim,
)

RULES: tuple[Rule, ...] = (
    oom_kills.RULE,
    direct_reclaim.RULE,
    availability.RULE,
    node_marks.RULE,
    swap.RULE,
    compaction.RULE,
    cgroup_limit.RULE,
    victim_order.RULE,
    unkillable.RULE,
    inherited_adj.RULE,
    raised_adj.RULE,
    oom_policy.RULE,
    oom_group.RULE,
    zone_reclaim.RULE,
    overcommit.RULE,
    psi_disabled.RULE,
)
