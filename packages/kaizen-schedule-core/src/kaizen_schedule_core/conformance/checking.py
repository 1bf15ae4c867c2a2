"""Putting a resolver to a case: lay it out, call, compare (the only part that calls what is under test)."""

from __future__ import annotations

import inspect
import os
import tempfile
from collections.abc import Callable
from typing import Any

from kaizen_schedule_core.conformance.case import Case
from kaizen_schedule_core.conformance.comparing import KEY, differences
from kaizen_schedule_core.conformance.layout import fifos_watched, lay_out
from kaizen_schedule_core.conformance.shell import Shell

_LONGEST = 300


Resolver = Callable[..., object]
"""What is under test, called with keywords only.

`roster` is the path of a roster file, `now` a datetime with an offset, `host` a name; a case may add `domain`,
`cadence`, `agent` and `window` (a timedelta). It answers `{"scheduled_runs": [...]}`, or raises where the roster fails.
"""


def check(case: Case, resolver: Resolver) -> tuple[str, ...]:
    """What a resolver got wrong in a case, a sentence for each; empty when it passed.

    The case lies in a fresh folder, which the sentences call `<case>`. What the resolver raises is a failure, or is
    what the case expects; it is never raised on.
    """
    with tempfile.TemporaryDirectory(prefix="kaizen-conformance-") as home:
        here = os.path.join(home, "case")
        shell = Shell(here, os.path.join(home, "bin"))
        return tuple(failure.replace(here, "<case>") for failure in _failures(case, resolver, shell))


def require(case: Case, resolver: Resolver) -> None:
    """Raise AssertionError, with every reason, unless the resolver passes the case: for any test runner."""
    __tracebackhide__ = True  # pytest then shows the caller's line
    failures = check(case, resolver)
    if failures:
        raise AssertionError("\n  ".join([f"{case}: {case.proves}", *failures]))


def _failures(case: Case, resolver: Resolver, shell: Shell) -> tuple[str, ...]:
    question = {"roster": lay_out(case, shell.here), "now": case.now, "host": case.host, **case.parameters}
    refused = _refused(resolver, question)
    if refused is not None:
        return (refused,)
    with fifos_watched(case, shell.here) as waited_for:
        try:
            answer = resolver(**question)
        except SystemExit as error:
            return (f"ended the process with {error.code!r}, where it must answer or raise",)
        except Exception as error:  # noqa: BLE001 - whatever the resolver raises is what is judged here
            return () if case.raises else (f"raised {_named(error)}, expected an answer",)
    waits = tuple(f"waited for the FIFO {path} until it was let go" for path in waited_for)
    if inspect.iscoroutine(answer):
        answer.close()
        return (*waits, "answered a coroutine: what is called must be a plain function")
    if case.scheduled_runs is None:
        return (*waits, _swallowed(answer))
    return (*waits, *differences(answer, case.scheduled_runs, shell))


def _refused(resolver: Resolver, question: dict[str, Any]) -> str | None:
    """Why the resolver cannot be asked at all: that is no exception about a roster, and must not pass for one."""
    try:
        inspect.signature(resolver).bind(**question)
    except ValueError:
        return None  # it does not tell how it is called
    except TypeError as error:
        return f"cannot be called with {', '.join(question)}: {error}"
    return None


def _swallowed(answer: Any) -> str:
    """What became of an error that had to be raised."""
    runs = answer.get(KEY) if isinstance(answer, dict) else answer
    what = f"an answer with {len(runs)} runs" if isinstance(runs, list) and runs else "an empty answer"
    return f"an error became {what}: {_short(repr(answer))}, expected an exception"


def _named(error: Exception) -> str:
    message = _short(" ".join(str(error).split()))
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
