"""``struct taskstats`` as this kernel hands it out, in hex: of those who waited longest, and of one thread.

taskstats tgid 131 batch1 0d00...        as tests/taskstats keeps them
"""

import os
import struct
import sys
from pathlib import Path

COUNT = 3
ATTR_PID = struct.pack("=HHI", 8, 1, 0)[:4]


def payload(socket, request: bytes) -> bytes:
    """The structure as it came."""
    from vmadvisor.sources import genetlink

    os.set_blocking(socket._netlink.fileno(), True)
    socket._netlink.sendto(request, (0, 0))
    (reply,) = genetlink.parse(socket._netlink.recv(65536))
    return reply.payload


def main() -> None:
    """Prints a line each."""
    from vmadvisor.collect.deadline import Deadline
    from vmadvisor.collect.taskstats_socket import open_taskstats
    from vmadvisor.sources import genetlink

    socket = open_taskstats()
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    stats = socket.delays(pids, Deadline(60.0))
    longest = sorted(stats, key=lambda pid: -stats[pid].freepages.waited_ns_total)[:COUNT]
    for pid in longest:
        name = Path(f"/proc/{pid}/comm").read_text(errors="replace").strip()
        by_tgid = genetlink.request(socket._family_id, pid)
        by_pid = by_tgid[:20] + ATTR_PID + by_tgid[24:]
        print("taskstats tgid", pid, name, payload(socket, by_tgid).hex())
        print("taskstats pid", pid, name, payload(socket, by_pid).hex())


if __name__ == "__main__":
    sys.path.append("/mnt/site")
    main()
