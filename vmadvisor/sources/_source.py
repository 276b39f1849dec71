"""What a source is: where the kernel keeps a text, the record it becomes, what is lost without it."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from vmadvisor.records import dataclass

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource(Generic[R_co]):
    """One file, one record.

    ``path`` is relative to the root, without a leading slash. ``cost`` says, as the end of a
    sentence, what cannot be told without the file. ``optional`` files are not missed when they do
    not exist (the kernel may lack the feature): then the record is absent and no gap is reported.
    """

    path: str
    record: type[R_co]
    parse: Callable[[str], R_co]
    cost: str
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySource(Generic[R_co]):
    """Several small files in one directory, one record; file name -> text goes to ``parse``.

    ``path`` may hold one ``*`` as part of its last component: then every matching directory gives
    a record, keyed by what the star stood for (``sys/block/zram*`` -> ``"0"``). Files that do not
    exist are left out of the mapping; the record's fields for them are ``None``.
    """

    path: str
    names: tuple[str, ...]
    record: type[R_co]
    parse: Callable[[Mapping[str, str]], R_co]
    cost: str
    optional: bool = False


AnySource = FileSource[object] | DirectorySource[object]
