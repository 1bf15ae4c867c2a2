"""A stand-in of a model on loopback: it answers with one tool call that runs a command, then ends.

It speaks the Messages API (Claude Code, Copilot) and the Responses API (Codex), as server-sent events.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

INPUT_TOKENS, OUTPUT_TOKENS = 111, 22
Behavior = Literal["note", "fail", "hang"]


@dataclass
class Model:
    """The running stand-in: its address, what it does, and the requests that it got."""

    address: str
    behavior: Behavior
    command: str
    requests: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def model(command: str, behavior: Behavior = "note") -> Iterator[Model]:
    """Start the stand-in; its tool call runs `command`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    running = Model(address=f"http://127.0.0.1:{server.server_port}", behavior=behavior, command=command)
    server.model = running  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield running
    finally:
        running.released.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def do_HEAD(self) -> None:
        self._answer(b"", "text/plain")

    def do_GET(self) -> None:
        self._answer(b'{"data": []}', "application/json")

    def do_POST(self) -> None:
        running: Model = self.server.model  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        asked = json.loads(body or b"{}")
        running.requests.append(body.decode())
        if running.behavior == "hang":
            running.released.wait(60)
        if running.behavior == "fail":
            error = {"type": "error", "error": {"type": "invalid_request_error", "message": "the model fails"}}
            self._answer(json.dumps(error).encode(), "application/json", status=400)
        elif self.path.endswith("/responses"):
            self._events(_response_events(asked, running.command))
        elif "count_tokens" in self.path:
            self._answer(b'{"input_tokens": 1}', "application/json")
        elif asked.get("stream"):
            self._events(_message_events(asked, running.command))
        else:
            self._answer(json.dumps(_message(asked)).encode(), "application/json")

    def _events(self, events: list[dict[str, Any]]) -> None:
        text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
        self._answer(text.encode(), "text/event-stream")

    def _answer(self, body: bytes, kind: str, *, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _message(asked: dict[str, Any]) -> dict[str, Any]:
    usage = {"input_tokens": INPUT_TOKENS, "output_tokens": OUTPUT_TOKENS}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": asked.get("model", "model"),
        "content": [{"type": "text", "text": "done"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": usage,
    }


def _message_events(asked: dict[str, Any], command: str) -> list[dict[str, Any]]:
    """Return a tool call for the first request with a shell, and a text for others."""
    shells = [tool["name"] for tool in asked.get("tools", ()) if tool["name"] in {"Bash", "bash"}]
    answered = "tool_result" in json.dumps(asked["messages"][-1])
    message = {**_message(asked), "content": [], "stop_reason": None}
    if shells and not answered:
        arguments = json.dumps({"command": command, "description": "Add a note"})
        block = {"type": "tool_use", "id": "toolu_1", "name": shells[0], "input": {}}
        delta = {"type": "input_json_delta", "partial_json": arguments}
        reason = "tool_use"
    else:
        block = {"type": "text", "text": ""}
        delta = {"type": "text_delta", "text": "done"}
        reason = "end_turn"
    return [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": None},
            "usage": {"output_tokens": OUTPUT_TOKENS},
        },
        {"type": "message_stop"},
    ]


def _response_events(asked: dict[str, Any], command: str) -> list[dict[str, Any]]:
    answered = "function_call_output" in json.dumps(asked["input"])
    names = [tool.get("name") for tool in asked.get("tools", ())]
    if answered:
        text = {"type": "output_text", "text": "done", "annotations": []}
        item: dict[str, Any] = {"type": "message", "role": "assistant", "id": "m1", "content": [text]}
    else:
        name = next(name for name in names if name in {"exec_command", "shell_command", "shell"})
        arguments: dict[str, Any] = {"command": command}
        if name == "exec_command":
            arguments = {"cmd": command}
        elif name == "shell":
            arguments = {"command": ["bash", "-c", command]}
        item = {"type": "function_call", "call_id": "c1", "id": "f1", "name": name, "arguments": json.dumps(arguments)}
    usage = {
        "input_tokens": INPUT_TOKENS,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": OUTPUT_TOKENS,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": INPUT_TOKENS + OUTPUT_TOKENS,
    }
    return [
        {"type": "response.created", "response": {"id": "r1"}},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {"id": "r1", "usage": usage, "output": [item]}},
    ]
