"""The case on which most rules are quiet: the healthy host of ``_examples``, loaded when asked for."""

from vmadvisor.model.facts import Facts


def quiet_host() -> Facts:
    """8 GiB, one node, some swap in use, nothing amiss."""
    from vmadvisor.advise.rules import _examples

    return _examples.facts()
