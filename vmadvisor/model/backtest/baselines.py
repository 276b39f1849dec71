"""Simple rules to hold a forecast against, on the same instants: what alert files and daemons go by.

They know no events: one answer serves them all. Base rate and persistence, which do, come of the
outcomes themselves (``evaluation``).
"""

from collections.abc import Callable
from typing import Final

from vmadvisor.model.backtest import daemon_rules, gauge_rules
from vmadvisor.model.backtest.guess import Guess
from vmadvisor.model.track import Track
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """``ask(track, horizon_s)``; ``source`` says when the rule alarms, and whose it is."""

    name: str
    source: str
    ask: Callable[[Track, float], Guess]


BASELINES: Final = (
    Baseline(
        name="MemAvailable",
        source="below 10 % of MemTotal (prometheus/node_exporter, docs/node-mixin)",
        ask=gauge_rules.available,
    ),
    Baseline(
        name="PSI some",
        source="above 10 % of the last 10 s (cdown/psi-notify)",
        ask=gauge_rules.psi_some,
    ),
    Baseline(
        name="PSI full avg10",
        source="above 40 % (hakavlad/nohang, conf/nohang/nohang.conf.in)",
        ask=gauge_rules.psi_full,
    ),
    Baseline(
        name="free below low",
        source="no zone of a node above its low mark",
        ask=gauge_rules.free_below_low,
    ),
    Baseline(
        name="line, available",
        source="least squares over 8 s meets MemAvailable 0 within the horizon",
        ask=gauge_rules.line_through_available,
    ),
    Baseline(
        name="line, free",
        source="least squares over 8 s meets the min marks within the horizon",
        ask=gauge_rules.line_through_free,
    ),
    Baseline(
        name="adaptivemmd",
        source="oracle/adaptivemm, adaptivemm/src/predict.c, units put right",
        ask=daemon_rules.adaptivemmd,
    ),
    Baseline(
        name="earlyoom",
        source="rfjakob/earlyoom, main.c:lowmem_sig, -m 10 -s 10",
        ask=daemon_rules.earlyoom,
    ),
    Baseline(
        name="systemd-oomd",
        source="systemd/systemd, src/oom/oomd-manager.c, defaults",
        ask=daemon_rules.systemd_oomd,
    ),
)
