"""The cadence words and the cron each stands for when a manifest names none."""

from __future__ import annotations

from typing import Literal

Cadence = Literal["daily", "weekly", "monthly"]

CADENCES: tuple[Cadence, ...] = ("daily", "weekly", "monthly")
DEFAULT_CRON: dict[Cadence, str] = {
    "daily": "0 9 * * *",
    "weekly": "0 9 * * 1",
    "monthly": "0 9 1 * *",
}
DEFAULT_TIMEZONE = "Europe/Berlin"
