"""What every kind of tree shares: errors in the words of a gap."""

import errno

import pytest

from vmadvisor.collect.tree import reason_of, too_large


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EOPNOTSUPP, "x"), "not supported by this kernel as it was started"),
        (OSError(errno.ELOOP, "Too many levels of symbolic links"), "too many levels of symbolic links"),
        (too_large("proc/meminfo"), "larger than 16 MiB"),
    ],
)  # fmt: skip
def test_an_error_is_told_in_one_phrase_and_units_keep_their_case(error, reason):
    assert reason_of(error) == reason
