"""Atomic writing of files, never outside their repository."""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kaizen_schedule_core.codes import reading
from kaizen_schedule_core.diagnostics import diagnose, escape_control_chars
from kaizen_schedule_core.errors import Absent
from kaizen_schedule_core.files.reading import locate_inside, os_problem, require_regular

LOCK_SECONDS = 30.0
_POLL_SECONDS = 0.01
# O_NONBLOCK: opening a FIFO must not wait for a reader.
_APPEND_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


def write_inside(root: str, relative: str, data: bytes) -> None:
    """Write a file of a repository atomically, and create its directories. Raises KaizenError: KZ102 to KZ106."""
    write_file(_writable(root, relative), data, shown=os.path.join(root, relative))


def create_inside(root: str, relative: str, data: bytes) -> bool:
    """Write a new file of a repository atomically; return False, without writing, if the path exists.

    Raises KaizenError: KZ102 to KZ106.
    """
    shown = os.path.join(root, relative)
    if os.path.lexists(shown):
        return False
    path = _writable(root, relative)
    try:
        temporary = _write_temporary(path, data)
        try:
            os.link(temporary, path)  # unlike a rename, it never replaces a file that was created meanwhile
        except FileExistsError:
            return False
        finally:
            os.unlink(temporary)
    except OSError as error:
        raise os_problem(error, shown) from None
    return True


def write_file(path: str, data: bytes, *, shown: str | None = None) -> None:
    """Write a file atomically: readers, and a crash at any time, see the old or the new text. Raises KaizenError."""
    if os.path.lexists(path):
        require_regular(path, shown or path)
    try:
        temporary = _write_temporary(path, data)
        try:
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except FileNotFoundError:
        raise _no_folder(path, shown) from None
    except OSError as error:
        raise os_problem(error, shown or path) from None


def write_named_file(path: str, data: bytes) -> None:
    """Write a file that a user named, like `write_file`; for a symlink, its target is written. Raises KaizenError."""
    write_file(os.path.realpath(path), data, shown=path)


def require_writable(path: str) -> None:
    """Raise the KaizenError that `write_named_file` would raise, so that callers can check before a long operation."""
    path = os.path.realpath(path)
    folder = os.path.dirname(path) or "."
    if os.path.lexists(path):
        require_regular(path, path)
    elif not os.path.isdir(folder):
        raise _no_folder(path)
    if not os.access(folder, os.W_OK):
        raise os_problem(PermissionError(errno.EACCES, "permission denied"), path)


def temporary_prefix(path: str) -> str:
    """Return the prefix of the temporary names of a file; eight characters of a-z, 0-9 and _ follow."""
    return f".{os.path.basename(path)[:20]}."


def _write_temporary(path: str, data: bytes) -> str:
    import tempfile

    descriptor, temporary = tempfile.mkstemp(prefix=temporary_prefix(path), dir=os.path.dirname(path) or ".")
    try:
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, _mode_of(path))
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _mode_of(path: str) -> int:
    try:
        return os.stat(path).st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _writable(root: str, relative: str) -> str:
    """Return the path to write, after creating its directory: a regular or new file that is inside the root."""
    folder, name = os.path.split(relative)
    parent = locate_inside(root, folder, shown=os.path.join(root, relative)) if folder else root
    try:
        os.makedirs(parent, exist_ok=True)
    except FileExistsError as error:
        not_a_folder = OSError(errno.ENOTDIR, error.strerror)
        raise os_problem(not_a_folder, os.path.join(root, relative)) from None
    except OSError as error:
        raise os_problem(error, os.path.join(root, relative)) from None
    path = os.path.join(parent, name)
    if os.path.lexists(path):
        path = locate_inside(root, relative)
        require_regular(path, os.path.join(root, relative))
    return path


@contextmanager
def locked(root: str, relative: str) -> Iterator[str]:
    """Hold the lock file of a repository's file, so that only one process writes at a time.

    Yields the path to write. Raises KaizenError: KZ102 to KZ106, also if the lock is not free within 30 seconds.
    """
    from filelock import FileLock, Timeout

    path = _writable(root, relative)
    lock = FileLock(f"{path}.lock", timeout=LOCK_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        busy = OSError(None, f"timed out after {LOCK_SECONDS:.0f} s waiting for {path}.lock, held by another process")
        raise os_problem(busy, os.path.join(root, relative)) from None
    except OSError as error:
        at_fault = f"{relative}.lock" if os.path.lexists(f"{path}.lock") else relative
        raise os_problem(error, os.path.join(root, at_fault)) from None
    try:
        yield path
    finally:
        with suppress(OSError):  # a remaining lock file does no harm
            os.unlink(lock.lock_file)  # before the release: the next process then creates it again
        lock.release()


def append_line(path: str, line: bytes) -> None:
    """Append a line to a file atomically, and create a missing file; several processes may append at the same time.

    If the last line has no line end, one is added first.
    Raises KaizenError: KZ101 for a missing directory, KZ102 to KZ106.
    """
    if os.path.lexists(path):
        require_regular(path, path)
    try:
        real = os.path.realpath(path)
        append_whole(real, b"\n" * _is_torn(real) + line + b"\n")
    except FileNotFoundError:
        raise _no_folder(path) from None
    except OSError as error:
        raise os_problem(error, path) from None


def _no_folder(path: str, shown: str | None = None) -> Absent:
    message = f"the directory {escape_control_chars(os.path.dirname(path) or '.')} does not exist"
    return Absent(diagnose(reading.ABSENT, message, file=shown or path, hint="create it first"))


def _is_torn(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - 1))
            return stream.read(1) not in {b"", b"\n"}
    except OSError:
        return False


def append_whole(path: str, data: bytes) -> None:
    """Append with one write and fsync, one process at a time; a partial write is removed again. Raises OSError."""
    descriptor = os.open(path, _APPEND_FLAGS, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(None, f"{os.path.basename(path)} is not a regular file")
        _lock_open_file(descriptor)
        size = os.fstat(descriptor).st_size
        written = os.write(descriptor, data)
        if written != len(data):
            if os.fstat(descriptor).st_size == size + written:  # nothing was appended by a program without the lock
                os.ftruncate(descriptor, size)
            raise OSError(None, "the line could not be written completely")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock_open_file(descriptor: int) -> None:
    """Lock an open file until it is closed. Raises OSError if another process holds it for 30 seconds."""
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise OSError(None, f"timed out after {LOCK_SECONDS:.0f} s: another process appends") from None
            time.sleep(_POLL_SECONDS)
        else:
            return
