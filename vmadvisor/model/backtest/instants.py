"""The instants of a recording at which a forecast is judged: every fifth sample from the 26th on.

At five samples a second, once a second, and after the first five seconds: a forecast has seen some past.
"""

from typing import Final

FIRST_INDEX_COUNT: Final = 25
STEP_COUNT: Final = 5


def is_instant(index_count: int) -> bool:
    """Whether the sample with so many before it is one.

    >>> [index for index in range(40) if is_instant(index)]
    [25, 30, 35]
    """
    return index_count >= FIRST_INDEX_COUNT and (index_count - FIRST_INDEX_COUNT) % STEP_COUNT == 0
