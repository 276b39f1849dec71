"""``meta.json``, the member in which a recording says how it was made: what a reader must know of it.

{"processes": {"scan": "shortlist", "top_count": 10}, ...}
"""

import json

from vmadvisor.snapshot import Gap

NAME = "meta.json"
SIZE_MAX_BYTES = 65_536


def gaps_of(data: bytes) -> list[Gap]:
    """What the recording left out on purpose; nothing where the text says nothing that we know."""
    try:
        meta = json.loads(data)
    except (ValueError, RecursionError):
        return []
    processes = meta.get("processes") if isinstance(meta, dict) else None
    if not isinstance(processes, dict) or processes.get("scan") != "shortlist":
        return []
    return [
        Gap(
            path="/proc",
            reason="the recording holds its host's largest processes and likeliest victims only",
            cost="how many there were, and what the small ones did, cannot be told",
        )
    ]
