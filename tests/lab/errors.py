"""What can go wrong in the lab, in words for whoever runs it."""


class LabError(Exception):
    """Something that a person must mend: a scenario, a missing tool, a mirror; printed without traceback."""


class MissingToolError(LabError):
    """A program or package that this machine does not have and cannot be given."""
