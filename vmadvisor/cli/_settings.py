"""The configuration of ``--config``, or of this host, as facts for the rules.

A missing file of this host is none; a missing one that was named is an error, and so is a wrong key.
"""

from collections.abc import Iterable

from vmadvisor.collect.settings_file import read_settings
from vmadvisor.errors import SettingsError

PATH = "/etc/vmadvisor.toml"


def keep_s_of(given: Iterable[object]) -> float | None:
    """How long the history is to go back; ``None`` where the configuration does not say."""
    if not given:
        return None
    from vmadvisor.advise.kept_history import KeptHistory

    return next((one.keep_s for one in given if isinstance(one, KeptHistory)), None)


def given_settings(named: str | None, *, is_live: bool) -> tuple[object, ...]:
    """Facts; none of this host's for another root, whose admin wrote something else or nothing."""
    if named is None and not is_live:
        return ()
    path = PATH if named is None else named
    text = read_settings(path, is_optional=named is None)
    if text is None:
        return ()
    from vmadvisor.advise.rules import RULES
    from vmadvisor.advise.setting_rules import SETTING_RULES
    from vmadvisor.advise.settings import parse
    from vmadvisor.advise.tuning import TUNING_RULES

    try:
        return parse(text, [rule.id for rule in (*RULES, *TUNING_RULES, *SETTING_RULES)])
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}") from None
