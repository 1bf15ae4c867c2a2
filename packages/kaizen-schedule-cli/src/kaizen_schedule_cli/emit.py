"""The event that a bundle was prepared, as a line in a file or a message to NATS (contract section 8)."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from kaizen_schedule_core.codes import meaning
from kaizen_schedule_core.diagnostics import diagnose
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.events import PREPARED_SUBJECT, PreparedEvent
from kaizen_schedule_core.files.writing import append_line

EMIT_SECONDS = 5.0  # for connecting, publishing and the acknowledgement together
_FILE, _NATS = "file:", "nats://"
_NATS_PORT = 4222


@dataclass(frozen=True, kw_only=True, slots=True)
class Emission:
    """The target of events: a file, or the NATS server at `url`; `shown` is its path or address, without a password."""

    shown: str
    url: str | None = None


def read_emission(text: str) -> Emission:
    """Read the target given with --emit. Raises ValueError, with what to write."""
    if text.startswith(_FILE) and text != _FILE:
        return Emission(shown=text.removeprefix(_FILE))
    if text.startswith(_NATS) and text.isascii() and text.isprintable():
        address = _address(text)
        if address is not None:
            return Emission(shown=f"{_NATS}{address}", url=text)
    raise ValueError("write file:PATH or nats://HOST:PORT")


def _address(url: str) -> str | None:
    """Return HOST:PORT of a URL; None if it has no host, a wrong port, or something after them."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.path or parts.query or parts.fragment:
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{_NATS_PORT if port is None else port}"


def emit(emission: Emission, event: PreparedEvent, *, seconds: float = EMIT_SECONDS) -> None:
    """Send an event. Raises KaizenError: KZ102 to KZ106 for a file, KZ331 for a server that did not accept it."""
    if emission.url is None:
        append_line(emission.shown, event.as_line().encode())
        return
    try:
        import nats  # noqa: F401 - whether it is there
    except ImportError:
        hint = "pip install 'kaizen-schedule-cli[events]'"
        raise _failed(emission.shown, "publishing needs nats-py, which is not installed", hint) from None
    asyncio.run(_publish(emission.url, emission.shown, event, seconds))


async def _publish(url: str, shown: str, event: PreparedEvent, seconds: float) -> None:
    from nats.errors import Error
    from nats.js.errors import NoStreamResponseError

    try:
        async with asyncio.timeout(seconds):
            await _send(url, event, seconds)
    except NoStreamResponseError:
        hint = f"make a stream with the subject {PREPARED_SUBJECT} on the receiving side"
        raise _failed(shown, f"no stream of {shown} takes {PREPARED_SUBJECT}", hint) from None
    except TimeoutError:
        message = f"{shown} did not acknowledge within {seconds:g} seconds"
        raise _failed(shown, message, "look whether the server is up and has JetStream") from None
    except (Error, OSError) as error:
        reason = str(error).removeprefix("nats: ").strip("'") or type(error).__name__
        raise _failed(shown, f"{shown} cannot be published to: {reason}", _hint(reason)) from None
    except Exception as error:  # noqa: BLE001 - on an answer that is not NATS the client raises errors of any kind
        message = f"{shown} cannot be published to: it answers what no NATS server does ({type(error).__name__})"
        raise _failed(shown, message, "correct its address") from None


def _hint(reason: str) -> str:
    words = reason.casefold()
    if "authorization" in words or "authentication" in words:
        return f"put the user and the password into the address: {_NATS}USER:PASSWORD@HOST:PORT"
    if "tls" in words or "ssl" in words or "certificate" in words:
        return "let the server have a certificate that this machine trusts, or listen without TLS on loopback"
    return "start the server, or correct its address"


async def _send(url: str, event: PreparedEvent, seconds: float) -> None:
    import nats

    async def ignore(_: Exception) -> None:
        """Do nothing: the error is raised, too."""

    client = await nats.connect(
        url,
        allow_reconnect=False,
        connect_timeout=seconds,
        max_reconnect_attempts=1,
        reconnect_time_wait=0,
        error_cb=ignore,
    )
    try:
        stream = client.jetstream(timeout=seconds)
        await stream.publish(PREPARED_SUBJECT, event.as_line().encode(), headers={"Nats-Msg-Id": event.id})
    finally:
        await client.close()


def _failed(shown: str, message: str, hint: str) -> KaizenError:
    return KaizenError(diagnose(meaning.NOT_PUBLISHED, message, file=shown, hint=hint))
