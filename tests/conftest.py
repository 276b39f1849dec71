"""What tests of every room share: where the optional collection of real trees lies."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)  # a busy machine is no wrong result
settings.load_profile("house")

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The directory beside the repository that holds real /proc trees, logs and recordings."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared on this machine")
    return SHARED
