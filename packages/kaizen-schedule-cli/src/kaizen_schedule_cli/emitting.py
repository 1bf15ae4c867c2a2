"""Sending the event that a bundle was prepared: a line in a file, or a message to NATS (contract section 8)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.diagnostics import diagnose
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.events import PREPARED_SUBJECT, PreparedEvent
from kaizen_schedule_core.files.writing import append_line

EMIT_SECONDS = 5.0
"""How long connecting, publishing and the acknowledgement may take, all together."""

_FILE, _NATS = "file:", "nats://"
_NATS_PORT = 4222


@dataclass(frozen=True, kw_only=True, slots=True)
class Emission:
    """Where events go: a file's path, or the URL of a NATS server; `shown` is without any credential."""

    path: str | None = None
    url: str | None = None
    shown: str


def read_emission(text: str) -> Emission:
    """The target given with --emit. Raises ValueError, with what to write."""
    if text.startswith(_FILE) and len(text) > len(_FILE):
        path = text.removeprefix(_FILE)
        return Emission(path=path, shown=path)
    if text.startswith(_NATS):
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if host and text.isascii() and text.isprintable() and not (parts.path or parts.query or parts.fragment):
            shown = f"[{host}]" if ":" in host else host
            return Emission(url=text, shown=f"{_NATS}{shown}:{_NATS_PORT if port is None else port}")
    raise ValueError("write file:PATH or nats://HOST:PORT")


def emit(emission: Emission, event: PreparedEvent) -> None:
    """Send an event. Raises KaizenError: KZ102 to KZ106 for a file, KZ331 for a server that did not take it."""
    if emission.path is not None:
        append_line(emission.path, event.as_line().encode())
        return
    try:
        import nats  # noqa: F401 - whether it is there
    except ImportError:
        hint = "pip install 'kaizen-schedule-cli[events]'"
        raise _failed(emission, "publishing needs nats-py, which is not installed", hint) from None
    asyncio.run(_publish(emission, event))


async def _publish(emission: Emission, event: PreparedEvent) -> None:
    from nats.errors import Error
    from nats.js.errors import NoStreamResponseError

    try:
        async with asyncio.timeout(EMIT_SECONDS):
            await _send(emission, event)
    except NoStreamResponseError:
        hint = f"make a stream with the subject {PREPARED_SUBJECT} on the receiving side"
        raise _failed(emission, f"no stream of {emission.shown} takes {PREPARED_SUBJECT}", hint) from None
    except TimeoutError:
        message = f"{emission.shown} did not acknowledge within {EMIT_SECONDS:g} seconds"
        raise _failed(emission, message, "look whether the server is up and has JetStream") from None
    except (Error, OSError) as error:
        reason = str(error).removeprefix("nats: ").strip("'") or type(error).__name__
        message = f"{emission.shown} cannot be published to: {reason}"
        raise _failed(emission, message, _what_to_do(reason)) from None
    except Exception as error:  # noqa: BLE001 - over an answer that makes no sense the client trips in ways of its own
        message = (
            f"{emission.shown} cannot be published to: it answers what no NATS server does ({type(error).__name__})"
        )
        raise _failed(emission, message, "correct its address") from None


def _what_to_do(reason: str) -> str:
    words = reason.casefold()
    if "authorization" in words or "authentication" in words:
        return f"put the user and the password into the address: {_NATS}USER:PASSWORD@HOST:PORT"
    if "tls" in words or "ssl" in words or "certificate" in words:
        return "let the server have a certificate that this machine trusts, or listen without TLS on loopback"
    return "start the server, or correct its address"


async def _send(emission: Emission, event: PreparedEvent) -> None:
    import nats

    async def be_quiet(_: Exception) -> None:
        """What goes wrong is raised, too."""

    client = await nats.connect(
        emission.url or "",
        allow_reconnect=False,
        connect_timeout=EMIT_SECONDS,
        max_reconnect_attempts=1,
        reconnect_time_wait=0,
        error_cb=be_quiet,
    )
    try:
        stream = client.jetstream(timeout=EMIT_SECONDS)
        await stream.publish(PREPARED_SUBJECT, event.as_line().encode(), headers={"Nats-Msg-Id": event.id})
    finally:
        await client.close()


def _failed(emission: Emission, message: str, hint: str) -> KaizenError:
    code = meaning.NOT_PUBLISHED
    return KaizenError(diagnose(code, message, file=emission.shown, hint=hint))
