"""Everything that Courtesy raises on purpose.

CourtesyError
├── Invalid          what was handed in cannot be used; carries a field where one is to blame
│   └── TooLarge     it is too big to be looked at
├── NotFound         there is no such thing (any more)
├── Conflict         it was valid, but something else came first
│   └── Lost         a table condition did not hold; carries the losing positions
├── Unverified       a signature, token or secret is missing or wrong
├── TooMany          a limit was reached; carries when to come back
├── Misconfigured    the shop's files, settings or secrets are incomplete: nothing runs until mended
├── Refused          a write that the table can never take (too big, too many, a float): a bug of ours
└── Retryable        nothing is wrong with it; try again later
    └── Busy         the table was in conflict or throttled and wrote nothing

The mailer's two answers other than "accepted" stand beside the port: ports.MailRefused, ports.MailUncertain.
"""

from __future__ import annotations


class CourtesyError(Exception):
    """The root: its text is one clear sentence that may be shown to whoever asked."""


class Invalid(CourtesyError):
    """Bad input. `field` names the form field or JSON member to blame, or is empty."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class TooLarge(Invalid):
    """It is too big to be looked at."""


class NotFound(CourtesyError):
    """There is no such thing, or no longer."""


class Conflict(CourtesyError):
    """Valid, but something else came first."""


class Lost(Conflict):
    """A condition did not hold and nothing was written.

    `positions` are indexes into the transaction's actions, ascending; (0,) for a single write.
    """

    def __init__(self, positions: tuple[int, ...] = (0,)) -> None:
        super().__init__(f"condition not met at {', '.join(map(str, positions))}")
        self.positions = positions


class Unverified(CourtesyError):
    """A signature, token or secret is missing or wrong. The text never says which part came close."""


class TooMany(CourtesyError):
    """A limit was reached; `retry_after` is in seconds."""

    def __init__(self, sentence: str, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Misconfigured(CourtesyError):
    """The shop's files, the settings or the secrets are incomplete. Courtesy then refuses to run."""


class Refused(CourtesyError):
    """The table can never take this write."""


class Retryable(CourtesyError):
    """Nothing is wrong with it; try again later."""


class Busy(Retryable):
    """The table was in conflict or throttled. Nothing was written (or, after a lost reply, the token makes a retry safe)."""
