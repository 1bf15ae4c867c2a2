"""Checking of a resolver with a case: write the files, call the resolver, compare the result."""

import inspect
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from kaizen_schedule_core.conformance.case import Case
from kaizen_schedule_core.conformance.comparing import KEY, differences
from kaizen_schedule_core.conformance.layout import release_fifos, snapshot, write_case
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
    arguments = {"roster": write_case(case, shell.here), "now": case.now, "host": case.host, **case.parameters}
    call_error = _call_error(resolver, arguments)
    if call_error is not None:
        yield call_error
        return
    before = snapshot(shell.here)
    result: object = None
    raised: Exception | None = None
    with release_fifos(case, shell.here, patience) as blocked:
        try:
            result = call_within(timeout, lambda: resolver(**arguments))
        except DeadlineExceeded:
            yield f"did not return within {timeout:.0f} seconds"
            return
        except SystemExit as error:
            yield f"exited with {error.code!r}, but must return or raise"
            return
        except Exception as error:  # noqa: BLE001 - any exception of the resolver is a result
            raised = error
    for path in blocked:
        yield f"waited for the FIFO {path} until it was released"
    for path in sorted({path for path, _ in before ^ snapshot(shell.here)}):
        yield f"wrote or removed {path}, but must only read"
    if raised is None:
        yield from _wrong_result(case, result, shell)
    elif not case.raises:
        yield f"raised {_exception_text(raised)}, expected a result"


def _wrong_result(case: Case, result: object, shell: Shell) -> Iterator[str]:
    if inspect.iscoroutine(result):
        result.close()
        yield "returned a coroutine: pass a normal function"
    elif case.scheduled_runs is None:
        yield _hidden_error(result)
    else:
        yield from differences(result, case.scheduled_runs, shell)


def _call_error(resolver: Resolver, arguments: dict[str, Any]) -> str | None:
    try:
        inspect.signature(resolver).bind(**arguments)
    except ValueError:
        return None  # no signature available
    except TypeError as error:
        return f"cannot be called with {', '.join(arguments)}: {error}"
    return None


def _hidden_error(result: object) -> str:
    runs = result.get(KEY) if isinstance(result, dict) else result
    what = "an empty result"
    if isinstance(runs, list) and runs:
        what = f"a result with {len(runs)} {'run' if len(runs) == 1 else 'runs'}"
    return f"returned {what} for an error: {_short(repr(result))}, expected an exception"


def _exception_text(error: Exception) -> str:
    message = _short(" ".join(str(error).split()))
    name = type(error).__name__
    return f"{name}: {message}" if message else name


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
