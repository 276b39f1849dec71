"""The command line: one thin module per command, loaded when it is called."""

COMMANDS = {
    "check": "Say whether this host is about to stall or meet the OOM killer, and why.",
    "advise": "Say what to change, what it would do, and how to take it back; changes nothing.",
    "trial": "Try one recommendation for some minutes and take it back: predicted against measured.",
    "watermarks": "Show every zone's marks, computed and as the kernel has them, or under other settings.",
    "victims": "List processes in the order the OOM killer would take them.",
    "postmortem": "Explain every OOM report in a kernel log: why, who, how to spare it next time.",
    "delays": "Say who loses most time waiting for memory: processes, units, cgroups.",
    "record": "Record this host, or keep the last minutes for when something happens.",
    "anonymise": "Replace every name in a recording, so that it can be shared.",
    "backtest": "Hold the forecasts against what came in recordings, beside simple rules.",
    "calibrate": "Fit this host's own correction of the forecast from its recordings, or re-check it.",
    "whatif": "Say what other settings would have done to the load that was seen.",
    "simulate": "Run a scenario forward: what if this job starts here.",
    "provenance": "Say who set each vm.* value, who wins at boot, and what differs.",
    "rules": "List the rules, and the claims that are answered.",
    "explain": "Explain one rule, or what is true of a widespread claim.",
    "schema": "Print the JSON Schema of check --format json.",
    "pyz": "Write vmadvisor and what it needs into one runnable file.",
    "capture-script": "Print a shell script that captures a host without Python.",
    "completion": "Print the completion script for a shell.",
}
