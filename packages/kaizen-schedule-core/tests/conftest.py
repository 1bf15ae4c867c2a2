"""What all tests of this package share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from kaizen_schedule_core import Diagnostic, KaizenError
from kaizen_schedule_core.diagnostics import escape_control_chars


@pytest.fixture
def refusal() -> Callable[[Callable[[], object]], Diagnostic]:
    """Calls what must be refused and gives the one diagnostic it is refused with."""

    def call(action: Callable[[], object]) -> Diagnostic:
        with pytest.raises(KaizenError) as caught:
            action()
        [diagnostic] = caught.value.diagnostics
        assert diagnostic.severity == "error"
        return diagnostic

    return call


@pytest.fixture(scope="session")
def describe() -> Callable[[tuple[Diagnostic, ...]], str]:
    """Writes diagnostics as the corpus does: a line each, their notes indented below."""

    def place(line: int | None, column: int | None) -> str:
        return "-" if line is None else f"{line}:{column}"

    def text(diagnostics: tuple[Diagnostic, ...]) -> str:
        lines = []
        for found in diagnostics:
            start, end = place(found.line, found.column), place(found.end_line, found.end_column)
            hint = "" if found.hint is None else f" | {found.hint}"
            lines.append(f"{found.code} {found.severity} {start}-{end} {found.message}{hint}")
            lines += [
                f"  {note.message}" + (f" ({note.file}:{place(note.line, note.column)})" if note.file else "")
                for note in found.notes
            ]
        assert [line for line in lines if escape_control_chars(line) != line] == [], "a terminal could act on this"
        return "".join(f"{line}\n" for line in lines)

    return text


@pytest.fixture
def tree() -> Callable[[Path], dict[str, bytes]]:
    """Reads a folder whole: every file's content by its path, including empty directories."""

    def read(folder: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"a folder"
            for path in sorted(folder.rglob("*"))
            if path.is_file() or not any(path.iterdir())
        }

    return read
