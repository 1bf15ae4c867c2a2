"""Exceptions for operations that cannot return a result; problems in checked files are `Diagnostic` values."""

from collections.abc import Iterable

from kaizen_schedule_core.codes import CODES
from kaizen_schedule_core.diagnostics import Diagnostic, has_errors, tidy


class KaizenError(Exception):
    """The error of an operation that cannot return its result, such as a bundle; `diagnostics` contains the reasons.

    It is never raised for a problem in a file that is being checked: that is a `Diagnostic` in the result.
    """

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        """Keep the diagnostics, sorted. Raises ValueError if none of them is an error."""
        found = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        self.diagnostics: tuple[Diagnostic, ...] = tidy(found)
        if not has_errors(self.diagnostics):
            raise ValueError("a KaizenError needs at least one diagnostic with severity error")
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in self.diagnostics))

    def __reduce__(self) -> tuple[type["KaizenError"], tuple[tuple[Diagnostic, ...]]]:
        """Pickle the diagnostics, so that another process can raise the error."""
        return type(self), (self.diagnostics,)

    @property
    def unavailable(self) -> bool:
        """Whether something is missing, unreadable or unreachable (exit 4), not only invalid."""
        return any(CODES[one.code].unavailable for one in self.diagnostics if one.severity == "error")


class Absent(KaizenError):
    """A file or directory that does not exist (KZ101)."""


class RosterError(KaizenError):
    """A roster that could not be read; it is never treated as empty (ADR-010)."""
