"""Critical is what the list says, by the name that the kernel keeps or by the unit."""

from dataclasses import replace

from vmadvisor.advise.critical import (
    COMM_MAX_BYTES,
    COMMS,
    CriticalServices,
    is_critical,
    named,
)
from vmadvisor.advise.rules import _examples
from vmadvisor.model.kinship import Kinship


def test_names_are_as_the_kernel_cuts_them():
    assert {name for name in COMMS if len(name.encode()) > COMM_MAX_BYTES} == set()


def test_a_unit_covers_programs_of_any_name_and_a_template_its_instances():
    services = CriticalServices()

    assert services.covers("java", "mongod.service")
    assert services.covers("pg_ctl", "postgresql@15-main.service")
    assert not services.covers("java", "batch.service")
    assert not services.covers("java", None)


def test_an_admins_list_joins_the_default_or_takes_its_place():
    both = named(("billing.service", "a-very-long-program-name"), with_defaults=True)
    own = named(("billing.service",), with_defaults=False)

    assert both.covers("a-very-long-pro", None)
    assert both.covers("x", "billing.service")
    assert both.covers("sshd", None)
    assert not own.covers("sshd", "sshd.service")


def test_the_list_of_the_facts_counts_and_the_unit_is_the_kinships():
    kin = replace(_examples.KIN, pid_id=7, comm="java", unit="billing.service")
    facts = _examples.facts(
        Kinship(by_pid={7: kin}), named(("billing.service",), with_defaults=False)
    )

    assert is_critical(facts, 7, "java")
    assert not is_critical(facts, 8, "java")
    assert not is_critical(facts, 8, "sshd")
    assert is_critical(_examples.facts(), 8, "sshd")
