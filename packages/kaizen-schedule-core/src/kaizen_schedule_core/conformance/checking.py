"""Putting a resolver to a case: lay it out, call, compare (the only part that calls what is under test)."""

from __future__ import annotations

import contextvars
import inspect
import os
import tempfile
import threading
from collections.abc import Callable
from typing import Any

from kaizen_schedule_core.conformance.case import Case
from kaizen_schedule_core.conformance.comparing import KEY, differences
from kaizen_schedule_core.conformance.layout import contents, fifos_watched, lay_out
from kaizen_schedule_core.conformance.shell import Shell

_LONGEST = 300
_SECONDS = 60.0  # a busy machine must not fail a slow resolver


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
    before = contents(shell.here)
    raised: Exception | None = None
    with fifos_watched(case, shell.here) as waited_for:
        try:
            answer = _answer_of(resolver, question)
        except _NoEnd:
            return (f"gave no answer within {_SECONDS:.0f} seconds",)
        except SystemExit as error:
            return (f"ended the process with {error.code!r}, where it must answer or raise",)
        except Exception as error:  # noqa: BLE001 - whatever the resolver raises is what is judged here
            raised = error
    touched = sorted({path for path, _ in before ^ contents(shell.here)})
    besides = (
        *(f"waited for the FIFO {path} until it was let go" for path in waited_for),
        *(f"wrote or removed {path}, where it may only read" for path in touched),
    )
    if raised is not None:
        return besides if case.raises else (*besides, f"raised {_named(raised)}, expected an answer")
    if inspect.iscoroutine(answer):
        answer.close()
        return (*besides, "answered a coroutine: what is called must be a plain function")
    if case.scheduled_runs is None:
        return (*besides, _swallowed(answer))
    return (*besides, *differences(answer, case.scheduled_runs, shell))


class _NoEnd(Exception):
    """The resolver is still at it."""


def _answer_of(resolver: Resolver, question: dict[str, Any]) -> object:
    """The answer, or what was raised; on a thread of its own, since nothing else ends the wait for one that hangs."""
    answers: list[object] = []
    raised: list[BaseException] = []

    def call() -> None:
        try:
            answers.append(resolver(**question))
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is judged
            raised.append(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(call,), daemon=True)
    thread.start()
    thread.join(_SECONDS)
    if raised:
        raise raised[0]
    if not answers:
        raise _NoEnd
    return answers[0]


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
