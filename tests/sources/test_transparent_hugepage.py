import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import transparent_hugepage
from vmadvisor.sources.transparent_hugepage import TransparentHugepage


def test_every_field_has_its_own_value():
    files = {
        "enabled": "always [madvise] never\n",
        "defrag": "always defer [defer+madvise] madvise never\n",
        "hpage_pmd_size": "2097152\n",
    }

    assert transparent_hugepage.parse(files) == TransparentHugepage(
        enabled="madvise", defrag="defer+madvise", hpage_pmd_size_bytes=2097152
    )
    assert set(files) == set(transparent_hugepage.SOURCE.names)


def test_absent_is_none():
    assert transparent_hugepage.parse({"enabled": "[always] madvise never\n"}).defrag is None


@pytest.mark.parametrize("files", [{"enabled": "always never\n"}, {"hpage_pmd_size": "-2\n"}])
def test_malformed_files_are_parse_errors(files):
    with pytest.raises(ParseError, match=next(iter(files))):
        transparent_hugepage.parse(files)
