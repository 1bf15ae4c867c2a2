"""Checking of a resolver with a case: write the files, call the resolver, compare the result."""

import inspect
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from kaizen_schedule_core.conformance.case import Case
from kaizen_schedule_core.conformance.comparing import KEY, differences
from kaizen_schedule_core.conformance.layout import contents, fifos_watched, lay_out
from kaizen_schedule_core.conformance.shell import Shell
from kaizen_schedule_core.fleet.deadline import DeadlineExceeded, call_within

_LONGEST = 300

Resolver = Callable[..., object]
"""The function under test, called with keyword arguments only.

`roster` is the path of a roster file, `now` a datetime with an offset, `host` a name; a case can add `domain`,
`cadence`, `agent` and `window` (a timedelta). It returns `{"scheduled_runs": [...]}`, or raises for an invalid roster.
"""


def check(case: Case, resolver: Resolver, *, timeout: float = 60.0, patience: float = 2.0) -> tuple[str, ...]:
    """Return the failures of a resolver in a case, one sentence each; empty if it passed.

    The case is written to a new directory, shown as `<case>`. An exception of the resolver is a failure, unless the
    case expects one; it is not raised. A resolver must return within `timeout` seconds, and is released after
    `patience` seconds if it waits for a FIFO.
    """
    with tempfile.TemporaryDirectory(prefix="kaizen-conformance-") as home:
        here = os.path.join(home, "case")
        shell = Shell(here, os.path.join(home, "bin"))
        failures = _failures(case, resolver, shell, timeout=timeout, patience=patience)
        return tuple(failure.replace(here, "<case>") for failure in failures)


def require(case: Case, resolver: Resolver) -> None:
    """Raise AssertionError with all failures if the resolver does not pass the case."""
    __tracebackhide__ = True  # pytest shows the caller's line
    failures = check(case, resolver)
    if failures:
        raise AssertionError("\n  ".join([f"{case}: {case.proves}", *failures]))


def _failures(case: Case, resolver: Resolver, shell: Shell, *, timeout: float, patience: float) -> Iterator[str]:
    question = {"roster": lay_out(case, shell.here), "now": case.now, "host": case.host, **case.parameters}
    refused = _refused(resolver, question)
    if refused is not None:
        yield refused
        return
    before = contents(shell.here)
    answer: object = None
    raised: Exception | None = None
    with fifos_watched(case, shell.here, patience) as waited_for:
        try:
            answer = call_within(timeout, lambda: resolver(**question))
        except DeadlineExceeded:
            yield f"did not return within {timeout:.0f} seconds"
            return
        except SystemExit as error:
            yield f"exited with {error.code!r}, but must return or raise"
            return
        except Exception as error:  # noqa: BLE001 - whatever the resolver raises is what is judged here
            raised = error
    for path in waited_for:
        yield f"waited for the FIFO {path} until it was released"
    for path in sorted({path for path, _ in before ^ contents(shell.here)}):
        yield f"wrote or removed {path}, but must only read"
    if raised is None:
        yield from _wrong_answer(case, answer, shell)
    elif not case.raises:
        yield f"raised {_named(raised)}, expected a result"


def _wrong_answer(case: Case, answer: object, shell: Shell) -> Iterator[str]:
    if inspect.iscoroutine(answer):
        answer.close()
        yield "returned a coroutine: pass a normal function"
    elif case.scheduled_runs is None:
        yield _hidden_error(answer)
    else:
        yield from differences(answer, case.scheduled_runs, shell)


def _refused(resolver: Resolver, question: dict[str, Any]) -> str | None:
    try:
        inspect.signature(resolver).bind(**question)
    except ValueError:
        return None  # no signature available
    except TypeError as error:
        return f"cannot be called with {', '.join(question)}: {error}"
    return None


def _hidden_error(answer: object) -> str:
    runs = answer.get(KEY) if isinstance(answer, dict) else answer
    what = f"a result with {len(runs)} runs" if isinstance(runs, list) and runs else "an empty result"
    return f"returned {what} for an error: {_short(repr(answer))}, expected an exception"


def _named(error: Exception) -> str:
    message = _short(" ".join(str(error).split()))
    name = type(error).__name__
    return f"{name}: {message}" if message else name


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
