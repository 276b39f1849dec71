"""The vocabulary's order and exit codes are what monitoring systems rely on."""

from vmadvisor.advise.finding import EXIT_CODES, Judgement, Severity


def test_critical_beats_warning_beats_unknown_beats_ok():
    assert Severity.CRITICAL > Severity.WARNING > Severity.UNKNOWN > Severity.OK


def test_exit_codes_are_those_of_monitoring_plugins():
    codes = {severity.name: code for severity, code in EXIT_CODES.items()}

    assert codes == {"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}


def test_a_judgement_knows_its_exit_code():
    judged = Judgement(status=Severity.CRITICAL, findings=(), quiet=(), not_judged=())

    assert judged.exit_code == 2
