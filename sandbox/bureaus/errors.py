"""The sandbox's own exceptions.

SandboxError            what is wrong and how to mend it; the command prints it and exits 1
├── Refused             a sealed request or file that may not be accepted, with its reason
└── BusinessRefusal     an honest request that the bureau cannot answer (`infcode` -1)
"""


class SandboxError(Exception):
    """Something in the sandbox is missing or wrong; the text says what, where and the mend."""


class Refused(SandboxError):
    """An exchange was refused.

    `reason` is one of docs/exchange-format.md, section 7. It goes to the bureau's own log; the
    peer sees one generic error.
    """

    def __init__(self, reason: str, where: str) -> None:
        super().__init__(f"{reason}: {where}")
        self.reason = reason


class BusinessRefusal(SandboxError):
    """The request was sealed well but asks for what the bureau does not do."""
