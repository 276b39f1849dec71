"""The forecast under a setting: the recording's last minutes with other marks, where marks are all it changes.

What more swap or memory, another swappiness or a limit would have done to the stocks by then is the
simulation's business: a forecast of the stocks as they were would answer another question, so none is given.
"""

from collections.abc import Sequence

from vmadvisor.model.forecast import Forecast
from vmadvisor.model.outlook import outlook
from vmadvisor.model.own_map import OwnMap
from vmadvisor.model.simulate.hypothetical import track_under
from vmadvisor.model.simulate.machine import Machine
from vmadvisor.model.simulate.observed import Observed
from vmadvisor.model.simulate.settings import MIN_FREE, SCALE_FACTOR, Change
from vmadvisor.model.simulate.whatif import Setting
from vmadvisor.records import replace

_MARKS = frozenset({MIN_FREE, SCALE_FACTOR})


def unforeseen(change: Change) -> str | None:
    """Why no forecast can be given under a change; ``None`` where it moves marks alone.

    >>> unforeseen(Change(pairs=(("vm.min_free_kbytes", "9000"),))) is None
    True
    >>> unforeseen(Change(pairs=(("swap", "1G"),)))
    'what swap would have changed by then is simulated: see the figures'
    """
    others = [key for key, _ in change.pairs if key not in _MARKS]
    if not others:
        return None
    return f"what {', '.join(others)} would have changed by then is simulated: see the figures"


def foreseen(
    setting: Setting,
    moments: Sequence[Observed],
    present: Machine,
    horizons_s: Sequence[float],
    own: OwnMap | None,
) -> tuple[Forecast, ...]:
    """The forecasts at the last of ``moments`` under a setting; without a probability where none can be given."""
    found = outlook(track_under(moments, setting.machine, present), horizons_s, own).forecasts
    reason = unforeseen(setting.change)
    if reason is None:
        return found
    return tuple(
        replace(
            one,
            probability_ratio=None,
            low_ratio=None,
            high_ratio=None,
            reason=reason,
            drivers=(),
        )
        for one in found
    )
