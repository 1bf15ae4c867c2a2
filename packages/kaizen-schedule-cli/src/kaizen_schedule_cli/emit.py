"""Publishing of the prepared event to a file or to NATS (contract section 8)."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from kaizen_schedule_core.codes import values
from kaizen_schedule_core.diagnostics import diagnose
from kaizen_schedule_core.errors import KaizenError
from kaizen_schedule_core.events import PREPARED_SUBJECT, PreparedEvent
from kaizen_schedule_core.files.writing import append_line

EMIT_SECONDS = 5.0  # for connecting, publishing and the acknowledgement
_FILE, _NATS = "file:", "nats://"
_NATS_PORT = 4222


@dataclass(frozen=True, kw_only=True, slots=True)
class Emission:
    """The target of events: a file, or the NATS server at `url`; `shown` is its path or address without password."""

    shown: str
    url: str | None = None


def read_emission(text: str) -> Emission:
    """Parse the value of --emit. Raises ValueError with a hint."""
    if text.startswith(_FILE) and text != _FILE:
        return Emission(shown=text.removeprefix(_FILE))
    if text.startswith(_NATS) and text.isascii() and text.isprintable():
        address = _address(text)
        if address is not None:
            return Emission(shown=f"{_NATS}{address}", url=text)
    raise ValueError("use file:PATH or nats://HOST:PORT")


def _address(url: str) -> str | None:
    """Return HOST:PORT of a URL; None if the host is missing, the port is invalid, or anything follows."""
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
        hint = "install it with: pip install 'kaizen-schedule-cli[events]'"
        raise _failed(emission.shown, "publishing requires nats-py, which is not installed", hint) from None
    asyncio.run(_publish(emission.url, emission.shown, event, seconds))


async def _publish(url: str, shown: str, event: PreparedEvent, seconds: float) -> None:
    from nats.errors import Error
    from nats.js.errors import NoStreamResponseError

    try:
        async with asyncio.timeout(seconds):
            await _send(url, event, seconds)
    except NoStreamResponseError:
        hint = f"create a stream with the subject {PREPARED_SUBJECT}"
        raise _failed(shown, f"{shown} has no stream with the subject {PREPARED_SUBJECT}", hint) from None
    except TimeoutError:
        message = f"{shown} did not acknowledge within {seconds:g} seconds"
        raise _failed(shown, message, "check that the server is running and has JetStream") from None
    except (Error, OSError) as error:
        reason = str(error).removeprefix("nats: ").strip("'") or type(error).__name__
        raise _failed(shown, f"cannot publish to {shown}: {reason}", _hint(reason)) from None
    except Exception as error:  # noqa: BLE001 - on an answer that is not NATS the client raises errors of any kind
        message = f"cannot publish to {shown}: it is not a NATS server ({type(error).__name__})"
        raise _failed(shown, message, "check the address") from None


def _hint(reason: str) -> str:
    words = reason.casefold()
    if "authorization" in words or "authentication" in words:
        return f"add user and password to the address: {_NATS}USER:PASSWORD@HOST:PORT"
    if "tls" in words or "ssl" in words or "certificate" in words:
        return "use a certificate that this machine trusts, or a server without TLS on loopback"
    return "start the server, or check the address"


async def _send(url: str, event: PreparedEvent, seconds: float) -> None:
    import nats

    async def ignore(_: Exception) -> None:
        """Do nothing, because the error is also raised."""

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
    return KaizenError(diagnose(values.NOT_PUBLISHED, message, file=shown, hint=hint))
