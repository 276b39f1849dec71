"""A vm.* value in force is not the one that the next boot sets.

Whoever tuned the host by hand loses it at a reboot; whoever edited a file has not seen its effect yet. Who
wins is decided by file names, not by dates: of all sysctl.d directories the last name, of one name the first
directory, /etc before /run before /usr; /etc/sysctl.conf counts only where something reads it (Debian 13 and
others ship no link to it any more); tuned comes after, and by default lets /etc win (reapply_sysctl).
"""

from collections.abc import Iterator

from vmadvisor.advise.finding import HOST, Finding, Quantity, Rule, Severity
from vmadvisor.model.facts import Facts
from vmadvisor.model.provenance import Origin, Provenance, SettingOrigin

KERNELS_OWN = frozenset({"vm.min_free_kbytes", "vm.nr_hugepages"})
"""What the kernel changes by itself (khugepaged's reserve, pages that could not be had)."""


def _said(name: str, origin: Origin | None) -> tuple[Quantity, ...]:
    if origin is None:
        return ()
    return (
        Quantity(
            name=name, value=origin.value, unit=origin.by, source=f"{origin.path}:{origin.line}"
        ),
    )


def _evidence(one: SettingOrigin) -> tuple[Quantity, ...]:
    file = f"/proc/sys/{one.key.replace('.', '/')}"
    found = [Quantity(name="running", value=one.running_count, unit="value", source=file)]
    if one.boot is None and one.default_count is not None:
        found.append(
            Quantity(
                name="kernel_default",
                value=one.default_count,
                unit="value",
                source="no file that was read sets it",
            )
        )
    return (*found, *_said("at_boot", one.boot), *_said("unread", one.unread))


def _title(one: SettingOrigin) -> str | None:
    """What is odd about it; ``None`` if nothing is."""
    if one.unread is not None and (one.boot is None or one.boot.value != one.unread.value):
        return f"{one.key} is set in /etc/sysctl.conf, which nothing reads at boot on this host"
    if one.running_count is None or one.boot_count is None:
        return None
    if one.running_count == one.boot_count or one.key in KERNELS_OWN:
        return None
    if one.boot is None:
        return (
            f"{one.key} was set by hand: no file keeps it, the next boot sets the kernel's default"
        )
    return f"{one.key} runs with another value than the next boot will set"


def _overruled(one: SettingOrigin) -> str | None:
    """tuned and a file of the admin's disagree: worth knowing before either is edited."""
    others = {origin.by for origin in one.overruled if one.boot and origin.value != one.boot.value}
    if one.boot is None or "tuned" not in others | {one.boot.by} or not others:
        return None
    loser = "the profile of tuned" if one.boot.by != "tuned" else "the file in sysctl.d"
    return f"{one.key} is set by tuned and by sysctl.d; {loser} loses"


def check(facts: Facts) -> Iterator[Finding]:
    """Yields what this rule has to say about the facts; nothing when all is well."""
    origins = facts[Provenance]
    for one in origins.by_key.values():
        title = _title(one) or _overruled(one)
        if title is None or (one.boot is None and one.unread is None and not origins.is_complete):
            continue
        yield Finding(
            id=RULE.id,
            scope=HOST,
            severity=Severity.INFO,
            title=title,
            confidence="high" if origins.is_complete else "medium",
            evidence=_evidence(one),
            counter_evidence=tuple(
                item
                for index, origin in enumerate((*one.overruled, *one.later), 1)
                for item in _said(f"also_{index}", origin)
            ),
            would_change=(
                "running and persisted being the same: write the file, then sysctl --system",
            ),
        )


def _fires() -> Facts:
    from dataclasses import replace

    from vmadvisor.advise.setting_rules import _examples as case

    odd = replace(case.SWAPPINESS, running_count=1)
    return case.facts(
        Provenance(by_key={"vm.swappiness": odd}, tuned="virtual-guest", is_complete=True)
    )


def _quiet() -> Facts:
    from vmadvisor.advise.setting_rules import _examples as case

    return case.quiet_files()


RULE = Rule(
    id="VMA-SYSCTL-001",
    title="A vm.* value in force is not the one that the next boot sets",
    needs=(Provenance,),
    check=check,
    references=("Documentation/admin-guide/sysctl/vm.rst", "kernel/sysctl.c"),
    fires_on=_fires,
    quiet_on=_quiet,
)
