"""Exceptions for requests that have no answer; a problem inside a checked file is a `Diagnostic` instead."""

from collections.abc import Iterable

from kaizen_schedule_core.diagnostics import Diagnostic, has_errors, tidy


class KaizenError(Exception):
    """A request that has no answer; `diagnostics` say why, each with its code and place.

    Raised only where returning a value would look like an answer (a bundle, a resolution). Never raised for a
    problem inside a file that is being checked: that is a `Diagnostic` in the result.
    """

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        """Keep the diagnostics, sorted. Raises ValueError if none of them is an error."""
        found = (diagnostics,) if isinstance(diagnostics, Diagnostic) else tuple(diagnostics)
        self.diagnostics: tuple[Diagnostic, ...] = tidy(found)
        if not has_errors(self.diagnostics):
            raise ValueError("an exception without an error to tell")
        super().__init__("; ".join(f"{d.code}: {d.message}" for d in self.diagnostics))


class Absent(KaizenError):
    """A file or folder that does not exist (KZ101)."""


class RosterError(KaizenError):
    """A roster that could not be read: never an empty answer (ADR-010)."""
