"""The clocks of the engines for which a manifest can be exported (ADR-030)."""

from functools import partial
from typing import NamedTuple

from kaizen_schedule_core.clock import robfig, systemd, wall_clock
from kaizen_schedule_core.clock.change_effects import Fires
from kaizen_schedule_core.clock.fires import FIRING_DIALECT, fires
from kaizen_schedule_core.clock.stepping import NextFire, stepped_fires


class EngineClock(NamedTuple):
    """How an engine computes fires: the name of its rules, and whether they were tested with its own evaluator."""

    dialect: str
    tested: bool
    fires: Fires


def _clock(dialect: str, next_fire: NextFire, *, tested: bool) -> EngineClock:
    return EngineClock(dialect, tested, fires=partial(stepped_fires, next_fire))


_ROBFIG = _clock("robfig-cron-3", robfig.next_fire, tested=True)
ENGINE_CLOCKS = {
    "temporal": EngineClock(FIRING_DIALECT, tested=True, fires=fires),
    "systemd": _clock("systemd-252", systemd.next_fire, tested=True),
    "kubernetes": _ROBFIG,
    "gitea-actions": _ROBFIG,
    "github-actions": _clock("github-actions", wall_clock.next_fire_of_github, tested=False),
    "crontab": _clock("debian-cron", wall_clock.next_fire_of_cron, tested=False),
}
"""The clock of each engine by its name."""
