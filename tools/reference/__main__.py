"""Write the generated files, or report how they differ."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reference.comparing import differences
from reference.generated import generated_files
from reference.regions import UnknownRegion, filled_pages
from reference.stale import stale_files

CHECKOUT = Path(__file__).parents[2]
COMMAND = "invoke generate"


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 if all files are up to date or written, 1 if one differs or a page has an unknown region."""
    parser = argparse.ArgumentParser(prog="python -m reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
    parser.add_argument(
        "--root", type=Path, default=CHECKOUT, metavar="DIR", help="checkout to write to (default: this one)"
    )
    given = parser.parse_args(arguments)
    root = given.root.absolute()
    try:
        pages = filled_pages(root)
    except UnknownRegion as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    wanted = {**generated_files(), **pages}
    stale = stale_files(root, wanted)
    if given.check:
        return _compare(root, wanted, stale)
    for name, text in wanted.items():
        path = root / name
        if not path.is_file() or path.read_bytes() != text.encode():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            print(f"wrote {name}")
    for name in stale:
        (root / name).unlink()
        print(f"removed {name}")
    return 0


def _compare(root: Path, wanted: dict[str, str], stale: list[str]) -> int:
    found = differences(root, wanted, stale)
    for difference in found:
        print(difference)
    if found:
        files = "file differs" if len(found) == 1 else "files differ"
        print(f"{len(found)} generated {files}; update with: {COMMAND}", file=sys.stderr)
        return 1
    print(f"{len(wanted)} files with generated content are up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
