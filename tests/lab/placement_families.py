"""Families in which there is memory, but not where or in the pieces that it is wanted."""

from lab.draw import ENDLESS_S, Draw, Steps, anon, jitter, sleep, touch, wait


def numa(draw: Draw) -> None:
    """Everyone on one node while the others are free; zone_reclaim_mode decides."""
    chance = draw.chance
    count = chance.choice((2, 2, 4))
    draw.table["machine"] = {"nodes_mib": [1024 // count] * count, "cpus_count": count}
    draw.sysctl.pop("vm.min_free_kbytes", None)
    draw.sysctl["vm.zone_reclaim_mode"] = chance.choice((0, 1))
    node_mib = 1024 / count
    size = round(node_mib * 0.7)
    draw.files["data"] = size
    draw.process("reader", {"do": "read", "file": "data", "mib": size, "seconds": ENDLESS_S}, cpu=0)
    draw.process("local", sleep(5), anon(node_mib * 0.9, 30), touch(), cpu=0)
    draw.expect(kills_max=0)


def compaction(draw: Draw) -> None:
    """Huge pages wanted at once on a host whose free memory is in pieces."""
    draw.table["thp"], draw.table["thp_defrag"] = "always", "always"
    chance = draw.chance
    draw.reader(draw.usable_mib * 0.5)
    for number in range(2):
        walk = jitter(draw.usable_mib * 0.2, 30, chance.randint(1, 9999))
        draw.process(f"piece{number}", walk)
    again: Steps = [anon(draw.usable_mib * 0.25, 40, huge=1), {"do": "free"}]
    draw.process("huge", sleep(8), *again * round(draw.seconds / 5), wait())
    draw.expect(kills_max=0)
