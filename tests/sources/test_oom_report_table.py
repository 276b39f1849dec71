"""The task table's columns, kernel by kernel."""

import pytest

from vmadvisor.sources import oom_report_table
from vmadvisor.sources.oom_report_table import TableReader

HEADERS = {
    "2.6.32": "[ pid ]   uid  tgid total_vm      rss cpu oom_adj name",
    "el6": "[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name",
    "3.10": "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name",
    "4.4": "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name",
    "4.19": "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name",
    "6.8": "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name",
}


def read(header, *rows):
    reader = TableReader()
    assert reader.header(header)
    for row in rows:
        reader.row(row)
    return reader.table()


@pytest.mark.parametrize(
    ("kernel", "row", "expected"),
    [
        ("2.6.32", "[ 788]     5   787     2671       11   7     -17 udevd", (11, None, None, None, -1000)),
        ("2.6.32", "[ 788]     5   787     2671       11   7       2 udevd", (11, None, None, None, 117)),
        ("el6", "[ 788]     5   787     2671       12   7       3           177 udevd", (12, None, None, None, 177)),
        ("3.10", "[ 788]     5   787     2671       13      20        4           -90 udevd", (13, 20, None, 4, -90)),
        ("4.4", "[ 788]     5   787     2671       14      20       6        4           -90 udevd", (14, 26, None, 4, -90)),
        ("4.19", "[    788]     5   787     2671       15    40960        4           -90 udevd", (15, None, 40960, 4, -90)),
        ("6.8", "[    788]     5   787     2671       16       9        4         3    40960        2           -90 udevd", (16, None, 40960, 2, -90)),
    ],
)  # fmt: skip
def test_a_row_is_read_by_its_header(kernel, row, expected):
    (task,) = read(HEADERS[kernel], row).tasks

    assert (task.pid_id, task.uid_id, task.tgid_id, task.total_vm_pages, task.comm) == (
        788,
        5,
        787,
        2671,
        "udevd",
    )
    told = (task.rss_pages, task.page_tables_pages, task.pgtables_bytes, task.swapents_pages)
    assert (*told, task.oom_score_adj) == expected


@pytest.mark.parametrize(
    "row",
    [
        "[    788]     5   787     2671",
        "[    788]     5   787     2671       -1    40960        4           -90 udevd",
        "[    788]     5   787     2671       15    40960        4         -1001 udevd",
        "[      0]     5   787     2671       15    40960        4           -90 udevd",
        "[    788]     5   787     2671       15    40960        x           -90 udevd",
    ],
)
def test_a_damaged_row_is_counted_and_the_table_is_not_whole(row):
    table = read(
        HEADERS["4.19"],
        "[      7]     5     7        9        8     4096        0             0 fine",
        row,
    )

    assert (len(table.tasks), table.malformed_count, table.is_whole) == (1, 1, False)


def test_rows_without_a_header_cannot_be_read():
    reader = TableReader()
    reader.row("[    788]     5   787     2671       15    40960        4           -90 udevd")

    assert reader.table().tasks == ()
    assert not reader.table().is_whole


def test_an_unknown_header_is_refused():
    assert not TableReader().header("[ pid ]   uid  tgid total_vm name")


def test_a_name_may_be_numbers_and_blanks():
    (task,) = read(
        HEADERS["4.19"],
        "[    788]     5   787     2671       15    40960        4             0  12 34 ",
    ).tasks

    assert task.comm == " 12 34 "


def test_rows_are_bounded(monkeypatch):
    monkeypatch.setattr(oom_report_table, "ROWS_MAX_COUNT", 2)
    rows = [
        f"[    {n}]     5   {n}     2671       15    40960        4             0 a"
        for n in (788, 789, 790)
    ]
    table = read(HEADERS["4.19"], *rows)

    assert (len(table.tasks), table.dropped_count, table.is_whole) == (2, 1, False)
