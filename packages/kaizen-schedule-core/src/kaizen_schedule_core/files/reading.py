"""Safe reading of untrusted files: regular, within a size limit, unchanged while read, inside the root (ADR-006)."""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import IO

from kaizen_schedule_core.codes import Code, reading
from kaizen_schedule_core.diagnostics import TOP, Diagnostic, diagnose, escape_control_chars, suggest
from kaizen_schedule_core.errors import Absent, KaizenError

KIB = 1024
MIB = 1024 * KIB

# O_NONBLOCK: opening a FIFO must not wait for a writer.
_OPEN_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
# O_PATH needs no permission to read the directory.
_FOLDER_FLAGS = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC
_CHUNK = 1 * MIB
_BLOCK = 16 * KIB
_NEIGHBOURS = 1000  # file names that are compared with a missing one
_OS_PROBLEMS: dict[int | None, tuple[Code, str, str | None]] = {
    errno.ENOENT: (reading.ABSENT, "does not exist", None),
    errno.ENOTDIR: (reading.NOT_A_FILE, "is below a path that is not a directory", None),
    errno.EISDIR: (reading.NOT_A_FILE, "is a directory, not a file", "replace it with a regular file"),
    errno.EACCES: (reading.NO_PERMISSION, "cannot be accessed: permission denied", "change its permissions"),
    errno.EPERM: (reading.NO_PERMISSION, "cannot be accessed: permission denied", "change its permissions"),
    errno.EROFS: (reading.NO_PERMISSION, "is on a read-only file system", None),
    errno.ELOOP: (
        reading.LEADS_OUTSIDE,
        "is a symlink in a loop, or one that must not be followed",
        "replace it with a regular file",
    ),
}
_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_inside(root: str, relative: str, *, limit: int, shown: str | None = None) -> bytes:
    """Read a file of a repository by its path below the root; nothing outside the root is read.

    `limit` is in bytes; `shown` is the path in diagnostics. Raises KaizenError (KZ101 to KZ106, KZ112).
    """
    shown = shown or os.path.join(root, relative)
    try:
        descriptor, before = _open_inside(root, relative, shown)
    except OSError as error:
        raise os_problem(error, shown) from None
    return _read_open(descriptor, before, limit, shown)


def locate_inside(root: str, relative: str, *, shown: str | None = None) -> str:
    """Return the path of a file below the root. Raises KaizenError if a symlink points outside the root (KZ104)."""
    path = root
    for part in relative.rstrip("/").split("/"):
        if part == os.pardir:
            raise KaizenError(_leads_outside(shown or f"{root}/{relative}"))
        path = f"{path}/{part}"
        try:
            is_link = stat.S_ISLNK(os.lstat(path).st_mode)
        except OSError:
            break  # opening the file reports the reason
        if is_link:
            return _resolve_inside(root, relative, shown or f"{root}/{relative}")
    return f"{root}/{relative}"


class _IsLink(Exception):
    """A component of a path is a symlink."""


def _open_inside(root: str, relative: str, shown: str) -> tuple[int, os.stat_result]:
    """Open a file below a root. Raises OSError, and KaizenError: KZ102, KZ104.

    Each component is opened in the one before it, without following symlinks. So a directory that another process
    exchanges for a symlink meanwhile is not followed.
    """
    parts = relative.rstrip("/").split("/")
    if os.pardir in parts:
        raise KaizenError(_leads_outside(shown))
    try:
        return _open_parts(root, parts, shown)
    except _IsLink:
        real = _resolve_inside(root, relative, shown)
    home = os.path.realpath(root)
    try:
        return _open_parts(home, os.path.relpath(real, home).split("/"), shown)
    except _IsLink:  # a loop, or exchanged since it was resolved
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None


def _open_parts(root: str, parts: list[str], shown: str) -> tuple[int, os.stat_result]:
    """Open a file by the components of its path. Raises _IsLink, OSError, and KaizenError (KZ102)."""
    *folders, name = parts
    folder = os.open(root, _FOLDER_FLAGS)
    try:
        for part in folders:
            inner = _open_folder(part, folder)
            os.close(folder)
            folder = inner
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            raise _IsLink
        _require_kind(status, shown)  # before it is opened, because opening a device can have effects
        try:
            descriptor = os.open(name, _OPEN_FLAGS | os.O_NOFOLLOW, dir_fd=folder)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise _IsLink from None
            raise
    finally:
        os.close(folder)
    return _require_open(descriptor, shown)


def _open_folder(name: str, parent: int) -> int:
    try:
        return os.open(name, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=parent)
    except NotADirectoryError:
        mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode) or stat.S_ISDIR(mode):  # a directory: it was exchanged meanwhile
            raise _IsLink from None
        raise


def _resolve_inside(root: str, relative: str, shown: str) -> str:
    try:
        home = os.path.realpath(root, strict=True)
        real = os.path.realpath(os.path.join(root, relative))  # a missing file may be written
    except OSError as error:
        raise os_problem(error, shown) from None
    if real != home and not real.startswith(home.rstrip("/") + "/"):
        raise KaizenError(_leads_outside(shown))
    return real


def read_prefix(root: str, relative: str, *, length: int) -> bytes:
    """Read up to `length` bytes of a repository's file. Raises KaizenError: KZ101 to KZ106."""
    shown = os.path.join(root, relative)
    try:
        descriptor, _ = _open_inside(root, relative, shown)
        with open(descriptor, "rb", buffering=0) as stream:
            return stream.read(length)
    except OSError as error:
        raise os_problem(error, shown) from None


def _leads_outside(shown: str) -> Diagnostic:
    message = f"{escape_control_chars(shown)} points outside the repository"
    return diagnose(reading.LEADS_OUTSIDE, message, file=shown, hint="replace it with a regular file in the repository")


def read_file(path: str, *, limit: int, shown: str | None = None) -> bytes:
    """Read a regular file. Raises KaizenError: KZ101 to KZ106, or KZ112 if it has more than `limit` bytes.

    Without `shown`, the path is one that a person typed, and the error for a missing file suggests a similar name.
    """
    typed, shown = shown is None, shown or path
    try:
        descriptor, before = _open(path, shown)
    except OSError as error:
        problem = os_problem(error, shown)
        near = near_name(path) if typed and isinstance(problem, Absent) else None
        if near is None:
            raise problem from None
        beside = escape_control_chars(os.path.join(os.path.dirname(path), near))
        raise Absent(replace(problem.diagnostics[0], hint=f"did you mean {beside}?")) from None
    return _read_open(descriptor, before, limit, shown)


def _read_open(descriptor: int, before: os.stat_result, limit: int, shown: str) -> bytes:
    """Read an open file and close it. Raises KaizenError: KZ105, KZ106, KZ112."""
    try:
        data = os.read(descriptor, min(before.st_size, limit) + 1)
        if len(data) == before.st_size <= limit:
            chunks = [data]
        else:
            chunks = [data, *_rest(descriptor, limit + 1 - len(data) if data else 0)]
        after = os.fstat(descriptor)
    except OSError as error:
        raise os_problem(error, shown) from None
    finally:
        os.close(descriptor)
    data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
    if len(data) > limit:
        raise KaizenError(too_large(shown, limit))
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        message = f"{escape_control_chars(shown)} changed while it was being read"
        hint = "run the command again when nothing writes to the file"
        raise KaizenError(diagnose(reading.CHANGED, message, file=shown, hint=hint))
    return data


def near_name(path: str, endings: tuple[str, ...] = ("",)) -> str | None:
    """Return the name of an existing file or directory that is similar to that of a missing one, or None."""
    folder, name = os.path.split(path.rstrip("/"))
    stem = os.path.splitext(name)[0]
    try:
        with os.scandir(folder or ".") as entries:
            names = sorted(entry.name for entry in islice(entries, _NEIGHBOURS))
    except OSError:
        return None
    # The stems must be similar: with the suffix, "none.yml" and "e.yml" would be.
    similar = [one for one in names if one.casefold().endswith(endings) and suggest(stem, [os.path.splitext(one)[0]])]
    return suggest(name, similar)


def _open(path: str, shown: str) -> tuple[int, os.stat_result]:
    """Open a regular file; its type is checked before, because opening a device can have effects."""
    _require_kind(os.stat(path), shown)
    return _require_open(os.open(path, _OPEN_FLAGS), shown)


def _require_open(descriptor: int, shown: str) -> tuple[int, os.stat_result]:
    """Return an open file with its status, or close it. Raises KaizenError (KZ102) if it is not a regular file."""
    opened = os.fstat(descriptor)
    try:
        _require_kind(opened, shown)
    except KaizenError:
        os.close(descriptor)
        raise
    return descriptor, opened


def require_regular(path: str, shown: str) -> None:
    """Raise KaizenError (KZ102 to KZ106) if the path is not a regular file."""
    try:
        _require_kind(os.stat(path), shown)
    except OSError as error:
        raise os_problem(error, shown) from None


def _require_kind(status: os.stat_result, shown: str) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    kind = next((name for test, name in _KINDS if test(status.st_mode)), "not a regular file")
    message = f"{escape_control_chars(shown)} is {kind}, not a regular file"
    raise KaizenError(diagnose(reading.NOT_A_FILE, message, file=shown, hint="replace it with a regular file"))


def _rest(descriptor: int, wanted: int) -> Iterator[bytes]:
    while wanted > 0 and (data := os.read(descriptor, min(_CHUNK, wanted))):
        wanted -= len(data)
        yield data


def read_lines(root: str, relative: str, *, line_limit: int) -> Iterator[tuple[int, bytes | None, bool]]:
    """Yield the lines of a file of any size: (number from 1, the line without its line end, whether it has one).

    For a line longer than `line_limit` bytes, the line is None: it is skipped without being kept in memory.
    Raises KaizenError: KZ101 to KZ106.
    """
    shown = os.path.join(root, relative)
    try:
        descriptor, _ = _open_inside(root, relative, shown)
    except OSError as error:
        raise os_problem(error, shown) from None
    with open(descriptor, "rb", buffering=_CHUNK) as stream:
        number = 0
        try:
            while line := stream.readline(line_limit + 1):
                number += 1
                ended = line.endswith(b"\n")
                if ended or len(line) <= line_limit:
                    yield number, line.rstrip(b"\r\n"), ended
                    continue
                while (more := stream.readline(_CHUNK)) and not more.endswith(b"\n"):
                    pass
                yield number, None, more.endswith(b"\n")
        except OSError as error:
            raise os_problem(error, shown) from None


def read_lines_backwards(root: str, relative: str, *, line_limit: int) -> Iterator[tuple[int, bytes | None, bool]]:
    """Yield the lines of a file from the last to the first: (index of the first byte, the line, whether it has an end).

    The file is read in blocks, only as far as lines are taken. For a line longer than `line_limit` bytes, the line is
    None. Raises KaizenError: KZ101 to KZ106.
    """
    shown = os.path.join(root, relative)
    try:
        descriptor, status = _open_inside(root, relative, shown)
    except OSError as error:
        raise os_problem(error, shown) from None
    with open(descriptor, "rb", buffering=0) as stream:
        try:
            yield from _backwards(stream, status.st_size, line_limit)
        except OSError as error:
            raise os_problem(error, shown) from None


def _backwards(stream: IO[bytes], size: int, line_limit: int) -> Iterator[tuple[int, bytes | None, bool]]:
    position, tail, ended = size, b"", False
    while position > 0:
        start = max(0, position - _BLOCK)
        stream.seek(start)
        first, *lines = (stream.read(position - start) + tail).split(b"\n")
        end = position + len(tail)
        for line in reversed(lines):
            end -= len(line) + 1
            if line or ended:
                yield end + 1, line.rstrip(b"\r") if len(line) <= line_limit else None, ended
            ended = True
        position, tail = start, first[-line_limit - 1 :]
    if size:
        yield 0, tail.rstrip(b"\r") if len(tail) <= line_limit else None, ended


def count_lines(root: str, relative: str, *, until: int) -> int:
    """Return the number of line ends in the first `until` bytes of a file. Raises KaizenError: KZ101 to KZ106."""
    shown = os.path.join(root, relative)
    try:
        descriptor, _ = _open_inside(root, relative, shown)
        with open(descriptor, "rb", buffering=0) as stream:
            count = 0
            while until > 0 and (data := stream.read(min(_CHUNK, until))):
                count += data.count(b"\n")
                until -= len(data)
            return count
    except OSError as error:
        raise os_problem(error, shown) from None


def too_large(file: str, limit: int) -> Diagnostic:
    """Return the diagnostic for a file that is larger than its limit in bytes."""
    size = f"{limit // MIB} MiB" if limit >= MIB else f"{limit // KIB} KiB"
    message, hint = f"{escape_control_chars(file)} is larger than {size}", f"the limit is {limit} bytes"
    return diagnose(reading.TOO_LARGE, message, file=file, span=TOP, hint=hint)


def os_problem(error: OSError, shown: str) -> KaizenError:
    """Return the exception for an error of the operating system, to be raised by the caller."""
    if error.errno == errno.ENOENT and os.path.islink(shown):
        message = f"{escape_control_chars(shown)} is a symlink to a missing file"
        return KaizenError(diagnose(reading.LEADS_OUTSIDE, message, file=shown, hint="replace it with a regular file"))
    reason = (error.strerror or type(error).__name__).lower()
    code, message, hint = _OS_PROBLEMS.get(
        error.errno, (reading.UNREADABLE, f"cannot be read or written: {reason}", None)
    )
    problem = diagnose(code, f"{escape_control_chars(shown)} {message}", file=shown, hint=hint)
    return Absent(problem) if code is reading.ABSENT else KaizenError(problem)
