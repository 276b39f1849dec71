"""Which file of a unit counts: systemd.unit(5)'s order."""

import pytest

from vmadvisor.advise.setting_rules import _examples as case
from vmadvisor.advise.setting_rules._units import directive
from vmadvisor.sources import ini_file


def value(unit, **files):
    texts = {
        path: ini_file.parse(f"[Service]\nOOMScoreAdjust={text}\n") for path, text in files.items()
    }
    found = directive(case.files(unit_files=texts), unit, "OOMScoreAdjust")
    return None if found is None else (found.value, found.path)


ETC, LIB = "etc/systemd/system", "usr/lib/systemd/system"


@pytest.mark.parametrize(
    ("files", "wanted"),
    [
        ({f"{LIB}/db.service": "1"}, ("1", f"/{LIB}/db.service")),
        ({f"{ETC}/db.service": "2", f"{LIB}/db.service": "1"}, ("2", f"/{ETC}/db.service")),
        ({f"{ETC}/db.service.d/9.conf": "3", f"{LIB}/db.service": "1"}, ("3", f"/{ETC}/db.service.d/9.conf")),
        (
            {f"{ETC}/db.service.d/10.conf": "3", f"{LIB}/db.service.d/90.conf": "4"},
            ("4", f"/{LIB}/db.service.d/90.conf"),
        ),
        (
            {f"{ETC}/db.service.d/50.conf": "3", f"{LIB}/db.service.d/50.conf": "4"},
            ("3", f"/{ETC}/db.service.d/50.conf"),
        ),
        ({f"{ETC}/db.service.d/9.conf": "", f"{LIB}/db.service": "1"}, None),
        ({f"{LIB}/other.service": "1"}, None),
    ],
)  # fmt: skip
def test_the_file_that_counts(files, wanted):
    assert value("db.service", **files) == wanted


def test_an_instance_has_its_templates_unless_it_has_its_own():
    template = {f"{LIB}/pg@.service": "1"}

    assert value("pg@15.service", **template) == ("1", f"/{LIB}/pg@.service")
    own = {f"{ETC}/pg@15.service.d/a.conf": "2", **template}
    assert value("pg@15.service", **own)[0] == "2"
