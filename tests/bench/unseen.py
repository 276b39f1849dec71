"""Forecasts by the one forest of each event that has not seen a recording, in place of the mean of all."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from fit_forecast import FOLDS_COUNT
from shipped import Shipped

from vmadvisor.model import fitted


@contextmanager
def unseen(recording: str) -> Iterator[bool]:
    """Within, ``outlook`` knows nothing of the recording; false where no forest has seen it anyway."""
    shipped = Shipped(0)
    if recording not in shipped.recordings:
        yield False
        return
    fold = int(shipped.folds_of(np.array([recording]), FOLDS_COUNT)[0])
    kept = {event: (fitted.BASES[event], fitted.FORESTS[event]) for event in fitted.FORESTS}
    try:
        for event, (bases, forests) in kept.items():
            fitted.BASES[event], fitted.FORESTS[event] = (bases[fold],), (forests[fold],)
        yield True
    finally:
        for event, (bases, forests) in kept.items():
            fitted.BASES[event], fitted.FORESTS[event] = bases, forests
