"""The answer of `conformance run`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseResult:
    """What one case of the conformance kit showed."""

    case: str
    passed: bool
    failures: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConformanceAnswer:
    """Whether a resolver passes every case of the conformance kit."""

    version: Literal["1"] = "1"
    resolver: str
    passed: bool
    cases: tuple[CaseResult, ...]
