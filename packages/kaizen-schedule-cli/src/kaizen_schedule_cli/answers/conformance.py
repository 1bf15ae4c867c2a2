"""The JSON output of `conformance run`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseResult:
    """The result of one case of the conformance kit."""

    case: str
    passed: bool
    failures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConformanceAnswer:
    """The results of all cases of the conformance kit."""

    version: Literal["1"] = "1"
    resolver: str
    passed: bool
    cases: tuple[CaseResult, ...]
