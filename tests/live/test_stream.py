"""Lines come one by one, under a header every screenful, and end after as many as were asked for."""

import json

from vmadvisor.live.recording_moments import RecordingMoments
from vmadvisor.live.stream import stream
from vmadvisor.live.watcher import Wanted, Watcher

LINES = Wanted(interval_s=1.0, has_verdict=False, has_processes=False)


def written(path, **options):
    pieces = []
    moments = RecordingMoments(str(path), speed=0.0)
    stream(moments, Watcher(LINES), pieces.append, **{"format_": "text", "count": None, **options})
    return pieces


def test_the_first_line_comes_after_the_first_interval(leak):
    pieces = written(leak, count=2)

    assert [piece.split()[0] for piece in pieces] == ["time", "28.07", "29.07"]


def test_the_header_comes_again_after_a_screenful(leak):
    pieces = written(leak, screenful_lines=10)

    heads = [index for index, piece in enumerate(pieces) if "pgscank/s" in piece]
    assert heads == [0, 11, 22]
    assert len(pieces) == 33
    assert pieces[11].startswith("\ntime")


def test_json_has_no_header(leak):
    pieces = written(leak, format_="json")

    assert [round(json.loads(piece)["time_s"], 2) for piece in pieces[:2]] == [28.07, 29.07]
    assert len(pieces) == 30
