"""Lines say every number in its column, a dash for what is not known, and escape what befell the host."""

import json

from live_frames import OUTLOOK, frame

from vmadvisor.records import replace
from vmadvisor.render.live import lines


def test_every_number_stands_under_its_title():
    head, line = lines.header().split(), lines.as_line(frame()).split()

    assert dict(zip(head, line, strict=True)) == {
        "time": "41.50",
        "low+MiB": "1.2",
        "availMiB": "38",
        "pgscank/s": "410",
        "pgscand/s": "35",
        "pgsteal/s": "402",
        "%vmeff": "90",
        "allocst/s": "7.0",
        "rfanon/s": "61",
        "rffile/s": "203",
        "pswpin/s": "17",
        "pswpout/s": "71",
        "%some": "21",
        "%full": "8.3",
        "%stall": "27",
        "%oom": "44",
    }


def test_columns_end_where_their_titles_end():
    head, line = lines.header(), lines.as_line(frame())

    assert [i for i in range(1, len(head)) if head[i].isspace() and not head[i - 1].isspace()][
        1:
    ] == [i for i in range(1, len(line)) if line[i].isspace() and not line[i - 1].isspace()][1:]


def test_what_is_not_known_is_a_dash_and_null_and_never_0():
    nothing = frame(
        slack_pages=None, gap_pages=None, available_pages=None, swap_free_pages=None, activity=None,
        stall=None, outlook=None, reclaimers=(),
    )  # fmt: skip

    assert lines.as_line(nothing).split() == ["41.50", *["-"] * 15]
    document = json.loads(lines.as_json(nothing))
    assert {document[name] for name in document if name.endswith(("_s", "_ratio", "_bytes"))} == {
        41.5, 1.0, None,
    }  # fmt: skip
    assert (document["forecasts"], document["oom_kill_count"]) == ([], None)


def test_a_refused_forecast_is_a_dash():
    unsaid = replace(
        OUTLOOK, forecasts=tuple(replace(f, probability_ratio=None) for f in OUTLOOK.forecasts)
    )

    assert lines.as_line(frame(outlook=unsaid)).split()[-2:] == ["-", "-"]


def test_json_is_one_object_on_one_line_with_every_reclaimer():
    text = lines.as_json(frame())
    document = json.loads(text)

    assert text.count("\n") == 1
    assert document["free_above_low_bytes"] == 1_310_720
    assert document["reclaimers"][3] == {
        "name": "proactive", "scan_pages_per_s": None, "steal_pages_per_s": None,
    }  # fmt: skip
    assert document["reclaimers"][4]["steal_pages_per_s"] == 11.0
    assert (document["efficiency_ratio"], document["memory_full_ratio"]) == (0.903, 0.083)
    said = {(one["event"], one["scope"], one["horizon_s"]): one for one in document["forecasts"]}
    assert said["oom", "/db.slice/db.service", 10.0]["probability_ratio"] == 0.52


def test_what_befell_the_host_stands_on_a_line_before_and_is_escaped():
    noted = frame(extras=replace(frame().extras, notes=("suspended \x1b[2J for 3 h",)))
    first, second, _ = lines.as_line(noted).split("\n")

    assert first == "41.50     suspended \\x1b[2J for 3 h"
    assert second.split()[1] == "1.2"
    assert json.loads(lines.as_json(noted))["notes"] == ["suspended \x1b[2J for 3 h"]


def test_the_time_of_day_is_local_and_utc_in_json(monkeypatch):
    live = frame(extras=replace(frame().extras, time_utc_s=86_399.0))
    monkeypatch.setenv("TZ", "UTC")

    assert lines.as_line(live).startswith("23:59:59 ")
    assert json.loads(lines.as_json(live))["time_utc"] == "1970-01-01T23:59:59Z"
