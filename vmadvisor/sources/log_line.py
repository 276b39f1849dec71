"""One line of a kernel log without what the logger put before it.

    [   41.049] leaky invoked oom-killer: ...                        dmesg
    [  246.610518][ T1778] random invoked oom-killer: ...            CONFIG_PRINTK_CALLER
    [Di Aug 12 03:54:03 2025] php-fpm invoked oom-killer: ...        dmesg -T, in any language
    [  246.610518 <    0.000005>] random invoked oom-killer: ...     dmesg -d
    [Mar13 11:16] / [  +0.000005] random invoked oom-killer: ...     dmesg -H
    kern  :warn  : [   41.049] leaky invoked oom-killer: ...         dmesg -x
    Jun 20 12:47:43 db1 kernel: [15180322.675582] php-fpm ...        syslog, journalctl
    2024-03-13T11:16:48,123456+01:00 dd invoked oom-killer: ...      dmesg --time-format=iso, rsyslog
    4,1234,41049000,-;leaky invoked oom-killer: ...                  /dev/kmsg
    > [   41.049] leaky invoked oom-killer: ...                      quoted mail

A line of another program than the kernel is not the kernel's, whatever it says.
"""

import re
from typing import NamedTuple

from vmadvisor.sources.log_time import utc_of_iso, utc_of_us

LINE_MAX_CHARS = 16_384
"""No kernel line is longer; what is cut off no rule needs."""

_QUOTE = re.compile(r"(?:[>|] ?)+")
_COLOUR = re.compile(r"\x1b\[[0-9;]{0,16}m")
_TAG = r"(?P<host>\S{1,255}) (?:[a-z0-9]{2,8}\.[a-z]{3,8} )?(?P<tag>[^\s:\[\]]{1,64})(?P<pid>\[\d{1,10}\])?: ?"
_ISO_TIME = r"(?P<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) "
_ISO_TAG = (
    r"(?:(?P<host>\S{1,255}) (?P<tag>kernel|[^\s:\[\]]{1,64}(?=\[))(?P<pid>\[\d{1,10}\])?: ?)?"
)
_DELTA = r"(?: < *\d{1,10}\.\d{1,9} ?>)?"
_HEADS = tuple(
    re.compile(pattern)
    for pattern in (
        # Jun 20 12:47:43 db1 kernel:
        r"(?P<when>[^\W\d_]{2,5}\.?\s{1,2}\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: \d{4})?) "
        + _TAG,
        # 2024-03-13T11:16:48+0100 db1 kernel:
        _ISO_TIME + _ISO_TAG,
        # Wed 2024-03-13 11:16:48 CET db1 kernel:
        r"[^\W\d_]{2,5}\.? (?P<iso>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \S{1,6}) " + _TAG,
        # 1710328608.123456 db1 kernel:
        r"(?P<unix>\d{9,10}\.\d{6}) " + _TAG,
        # [Wed Mar 13 11:16:48 2024]
        r"\[(?P<when>[^\W\d_]{2,5}\.?,? [^\W\d_]{2,5}\.?\s{1,2}\d{1,2} \d\d:\d\d:\d\d \d{4})"
        + _DELTA
        + r"\](?: |$)",
        # [Mar13 11:16] and [  +0.000005], relative to the line before
        r"\[(?P<when>[^\W\d_]{2,5}\.? ?\d{1,2} \d\d:\d\d| *\+\d{1,8}\.\d{6})\](?: |$)",
    )
)
_KMSG = re.compile(r"(?P<level>\d{1,6}),\d{1,20},(?P<us>\d{1,18}),[^;]{0,64};", re.ASCII)
_LEVEL = re.compile(r"(?:[a-z]{3,8}\s*:[a-z]{3,6}\s*: )?(?:<\d{1,3}>)?", re.ASCII)
_STAMP = re.compile(
    r"\[ *(\d{1,10}\.\d{1,9})(?: < *\d{1,10}\.\d{1,9} ?>)?\](?:\[ *([TC]\d{1,10})\])?(?: |$)(?:\S{1,255} kernel: )?",
    re.ASCII,
)
_STAMP_WITHIN = re.compile(r"\[ *\d{1,10}\.\d{6}\](?:\[ *[TC]\d{1,10}\])? ", re.ASCII)
_KERNEL_TAGS = frozenset({"kernel", "klogd", "vmunix"})
_ESCAPED_NEWLINE = re.compile(r"#012|\\x0a|\\n")
_SPLIT_STARTS = ("active_anon:", "Memory cgroup stats for ")


class LogLine(NamedTuple):
    """``stamp_s`` is printk's clock, ``when`` the logger's time as written, ``utc`` only where it is certain.

    ``caller`` is the task or CPU that printed it, where the kernel says so. ``is_stamped`` is false for
    a line that nothing stood before: of a plain log, or the rest of a line that was wrapped.
    """

    text: str
    stamp_s: float | None
    when: str | None
    utc: str | None
    host: str
    caller: str
    is_kernel: bool
    is_stamped: bool


class _Head(NamedTuple):
    """What the logger put in front; lines printed in one burst share it."""

    text: str
    when: str | None
    utc: str | None
    host: str
    is_kernel: bool


_NO_HEAD = _Head("", None, None, "", is_kernel=True)


class LineReader:
    """Reads lines in their order; remembers the last head, which most lines repeat.

    ``head`` is that of the line just read.
    """

    __slots__ = ("_last", "head")

    def __init__(self) -> None:
        self._last = _NO_HEAD
        self.head = _NO_HEAD

    def read(self, line: str) -> LogLine:
        """One line, without its newline.

        >>> found = LineReader().read("Jun 20 12:47:43 db1 kernel: [  322.675582] php-fpm invoked")
        >>> found.text, found.stamp_s, found.when, found.host
        ('php-fpm invoked', 322.675582, 'Jun 20 12:47:43', 'db1')
        """
        if line[:1] == "[":  # most logs are dmesg's, and most patterns are not for them
            match = _STAMP.match(line)
            if match is not None and len(line) <= LINE_MAX_CHARS and "\x1b" not in line:
                self.head = _NO_HEAD
                return _stamped(_NO_HEAD, line, match)
        last = self._last
        if last.text and line.startswith(last.text):
            self.head, rest = last, line[len(last.text) :]
        else:
            self.head, rest = self._head(_bare(line))
        return _with_stamp(self.head, rest)

    def _head(self, line: str) -> tuple[_Head, str]:
        for pattern in _HEADS:
            match = pattern.match(line)
            if match is not None:
                self._last = _head_of(match)
                return self._last, line[match.end() :]
        return _NO_HEAD, line


def _bare(line: str) -> str:
    line = line[:LINE_MAX_CHARS]
    if line[:1] in {">", "|"}:
        line = _QUOTE.sub("", line, count=1)
    if "\x1b" in line:
        line = _COLOUR.sub("", line)
    return line[1:] if line[:1] == "\ufeff" else line


def _head_of(match: re.Match[str]) -> _Head:
    found = match.groupdict()
    utc = None
    when = found.get("when") or found.get("iso") or found.get("unix")
    if found.get("iso"):
        utc = utc_of_iso(found["iso"])
    elif found.get("unix"):
        utc = utc_of_us(int(found["unix"].replace(".", "")))
    tag = found.get("tag")
    is_kernel = tag is None or tag in _KERNEL_TAGS
    return _Head(match[0], when, utc, found.get("host") or "", is_kernel=is_kernel)


def _with_stamp(head: _Head, rest: str) -> LogLine:
    if head is _NO_HEAD:
        kmsg = _KMSG.match(rest)
        if kmsg is not None:
            is_kernel = int(kmsg["level"]) >> 3 == 0
            stamp_s = int(kmsg["us"]) / 1e6
            return LogLine(
                rest[kmsg.end() :], stamp_s, None, None, "", "", is_kernel, is_stamped=True
            )
        level = _LEVEL.match(rest)
        if level is not None and level[0]:
            rest = rest[level.end() :]
    match = _STAMP.match(rest)
    if match is None and head is _NO_HEAD and "[" in rest:
        within = [found.start() for found in _STAMP_WITHIN.finditer(rest)]
        if within:  # a console: a program's own output stands before
            rest = rest[within[-1] :]
            match = _STAMP.match(rest)
    if match is None:
        is_stamped = head is not _NO_HEAD
        return LogLine(rest, None, head.when, head.utc, head.host, "", head.is_kernel, is_stamped)
    return _stamped(head, rest, match)


def _stamped(head: _Head, rest: str, match: re.Match[str]) -> LogLine:
    return LogLine(
        rest[match.end() :],
        float(match[1]),
        head.when,
        head.utc,
        head.host,
        match[2] or "",
        head.is_kernel,
        is_stamped=True,
    )


def parts(line: LogLine) -> tuple[LogLine, ...]:
    r"""A message of several lines that a logger made one of: rsyslog's ``#012``, journald's ``\x0a``.

    >>> line = LineReader().read("kernel: active_anon:209326 isolated_anon:0#012 active_file:287")
    >>> [part.text for part in parts(line._replace(text=line.text.removeprefix("kernel: ")))]
    ['active_anon:209326 isolated_anon:0', ' active_file:287']
    """
    if not line.text.startswith(_SPLIT_STARTS):
        return (line,)
    texts = _ESCAPED_NEWLINE.split(line.text)
    if len(texts) == 1:
        return (line,)
    return tuple(line._replace(text=text) for text in texts)
