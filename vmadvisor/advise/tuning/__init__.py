"""Rules that rest on a simulation of the load that was watched: asked by ``advise`` alone, listed with the others.

A new one is one file with a ``RULE`` and one line here.
"""

from vmadvisor.advise.finding import Rule
from vmadvisor.advise.tuning import marks, reserve, swap_size, swappiness

TUNING_RULES: tuple[Rule, ...] = (
    reserve.RULE,
    swappiness.RULE,
    swap_size.RULE,
    marks.RULE,
)
