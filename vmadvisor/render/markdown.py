r"""Text that GitHub's Markdown takes for text: no link, no mention, no markup, whatever its words are.

A word of harmless characters stays as it is; any other becomes a code span, in which nothing is looked for.
"""

import re

from vmadvisor.render.escape import terminal

_HARMLESS = re.compile(
    r"[(/]*[^\W_](?:[\w.,;:%/()+='?…→≥≤×·-]*[^\W_%)]?[%).,;:]*)?|->|[-–→+=/%]|[\d.,]+"
)
_LINKED = re.compile(r"://|www\.|^GH-\d|@|#|:\w+:|(?:^|\W)_|_(?:\W|$)", re.IGNORECASE)
_TICKS = re.compile(r"`+")
_LIST = re.compile(r"^([-+]|\d+[.)])(?= |$)")


def inline(text: str, *, in_table: bool = False) -> str:
    r"""One line of running text.

    >>> inline("12 MiB by <script>"), inline("a|b", in_table=True), inline("mail @root")
    ('12 MiB by `<script>`', '`a\\|b`', 'mail `@root`')
    """
    words = [_word(word, in_table=in_table) for word in terminal(text).split(" ")]
    return _LIST.sub(r"\\\1", " ".join(words))


def _word(word: str, *, in_table: bool) -> str:
    if not word or (_HARMLESS.fullmatch(word) and not _LINKED.search(word)):
        return word
    return code(word, in_table=in_table)


def code(text: str, *, in_table: bool = False) -> str:
    r"""A code span; its fence is longer than any run of backticks in it.

    >>> code("a`b"), code("x")
    ('``a`b``', '`x`')
    """
    safe = terminal(text)
    longest = max((len(run) for run in _TICKS.findall(safe)), default=0)
    fence = "`" * (longest + 1)
    room = " " if safe.startswith("`") or safe.endswith("`") else ""
    span = f"{fence}{room}{safe}{room}{fence}"
    return span.replace("|", "\\|") if in_table else span


def block(text: str) -> str:
    r"""A fenced block of one line.

    >>> block("sysctl -w vm.swappiness=10")
    '```\nsysctl -w vm.swappiness=10\n```'
    """
    safe = terminal(text)
    longest = max((len(run) for run in _TICKS.findall(safe)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{safe}\n{fence}"
