"""Tables: at most 80 columns, with complete names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kaizen_schedule_cli.render.tables import table

NAMES = st.text("abc-", min_size=1, max_size=80)


def test_wide_name_continues_below() -> None:
    rows = [("never", "demo", "coach", "2026-11-24 04:52"), ("never", "platform-" * 6, "optimization", "-")]
    assert table(("state", "repo", "agent", "expected"), rows).split("\n") == [
        "STATE  REPO                                       AGENT         EXPECTED",
        "never  demo                                       coach         2026-11-24 04:52",
        "never  platform-platform-platform-platform-platform-platform-",
        "                                                  optimization  -",
    ]


def test_column_that_fits_is_not_narrowed() -> None:
    rows = [("Mon 2026-11-23 01:06+01:00", "x" * width, "coach", "20261123T0006Z") for width in range(10, 53)]
    lines = table(("expected", "repo", "agent", "slot"), rows).split("\n")
    assert all(line.startswith(("Mon 2026-11-23 01:06+01:00  x", "EXPECTED", " ")) for line in lines)


@given(rows=st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), max_size=8))
def test_no_line_is_wider_than_a_terminal_and_nothing_is_lost(rows: list[tuple[str, ...]]) -> None:
    text = table(("repo", "agent", "cadence", "timezone"), rows)
    assert max(map(len, text.split("\n"))) <= 80
    assert text.split()[4:] == [cell for row in rows for cell in row]
