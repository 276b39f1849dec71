"""The forests in use, as a fit goes on from them: what each was fitted on, and what it has never seen.

A forest is known by the fifth of the recordings it was fitted without; which those are follows from the
names, which the fitted module lists, one group for each time it was fitted.
"""

import textwrap

import numpy as np

from vmadvisor.model import fitted
from vmadvisor.model.boosting import Forest

_GROUPS = "; then boosted on with "
_NEW_ONLY = "; then new events fitted on "
_COUNT = " recordings: "


def story(recording: str) -> str:
    """Recordings that must stay in one fold: repeats and settings of one story, twins.

    >>> story("pairs-marks-001-wsf100-r2"), story("twin-crowd-001-sick"), story("007-victims")
    ('pairs-marks-001', 'twin-crowd-001', '007-victims')
    """
    if recording.startswith("pairs-"):
        return "-".join(recording.split("-")[:3]) if recording.count("-") >= 3 else recording
    if recording.startswith("twin-"):
        return recording.rsplit("-", 1)[0]
    if recording.startswith(("jitter", "swappiness-", "zonereclaim-")) and recording[0] != "0":
        return recording.split("-", maxsplit=1)[0]
    return recording


def _fold_by_story(recordings: np.ndarray, count: int, seed: int = 3) -> dict[str, int]:
    names = np.unique([story(name) for name in recordings])
    order = np.random.default_rng(seed).permutation(len(names))
    return dict(zip(names[order].tolist(), (np.arange(len(names)) % count).tolist(), strict=True))


def folds_of(recordings: np.ndarray, count: int) -> np.ndarray:
    """A fold per row; stories are dealt out at random, the same for the same set."""
    fold = _fold_by_story(recordings, count)
    return np.array([fold[story(name)] for name in recordings])


def groups(text: str) -> list[list[str]]:
    """The recordings that a fitted module names, a list for each fit.

    Lines were broken behind blanks and hyphens, so they join without anything between.

    >>> groups("Fitted.\\n\\n2 recordings: a-\\n1, b; then boosted on with 1 recordings: c\\n")
    [['a-1', 'b'], ['c']]
    """
    parts = text.split(_COUNT)[1:]
    found = []
    for part in parts:
        listed = part.split(_GROUPS.rstrip(), maxsplit=1)[0].split(
            _GROUPS.split(maxsplit=1)[0], maxsplit=1
        )[0]
        found.append([name.strip() for name in listed.replace("\n", "").split(",") if name.strip()])
    return found


class Shipped:
    """The forests of ``vmadvisor.model.fitted``, their folds, and how many trees are to be added."""

    def __init__(self, more_count: int, events: list[str] | None = None) -> None:
        self._more_count, self._events = more_count, events
        self.groups = groups(fitted.__doc__ or "")
        self.recordings = {name for group in self.groups for name in group}

    @property
    def adds_trees(self) -> bool:
        """Whether any forest that is there gets more."""
        return self._more_count > 0

    def more_count(self, event: str) -> int:
        """Trees that each forest of the event is to get."""
        return self._more_count if self._events is None or event in self._events else 0

    def knows(self, event: str) -> bool:
        """Whether there are forests of the event; a new one is fitted from nothing."""
        return event in fitted.FORESTS

    def names(self, event: str) -> tuple[str, ...]:
        """The signals, in the order that the trees know."""
        return fitted.NAMES[event]

    def forest(self, event: str, fold: int, names: list[str]) -> Forest:
        """The one that was fitted without the fold."""
        found = Forest(names)
        found.base = fitted.BASES[event][fold]
        found.trees = list(fitted.FORESTS[event][fold])
        return found

    def maps(self, event: str) -> dict[str, tuple[float, float, float]]:
        """From said to seen frequency, by the track's age."""
        return dict(fitted.MAPS[event])

    def onsets_count(self, event: str, horizon_s: float) -> int:
        """Onsets of its recordings."""
        return fitted.ONSETS.get(event, {}).get(horizon_s, 0)

    def folds_of(self, recordings: np.ndarray, count: int) -> np.ndarray:
        """A fold per row: what it was for recordings that are known, dealt out anew for the others."""
        fold: dict[str, int] = {}
        new = np.array([name for name in recordings if name not in self.recordings])
        for group in (*(np.array(group) for group in self.groups), new):
            by_story = _fold_by_story(group, count) if len(group) else {}
            fold |= {name: by_story[story(name)] for name in group if name not in fold}
        return np.array([fold[name] for name in recordings])


def provenance(names: list[str], shipped: Shipped | None) -> str:
    """What the fitted module says of where it is from."""
    new = [name for name in names if shipped is None or name not in shipped.recordings]
    all_groups = [*(shipped.groups if shipped is not None else []), new]
    parts = [f"{len(group)}{_COUNT}{', '.join(group)}" for group in all_groups]
    text = _GROUPS.join(parts[:-1])
    if shipped is not None:
        text += _GROUPS if shipped.adds_trees else _NEW_ONLY
    return "\n".join(textwrap.wrap(text + parts[-1], 110))
