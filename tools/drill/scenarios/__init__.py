"""All scenarios, in the order of the table."""

from __future__ import annotations

from drill.scenario import Scenario
from drill.scenarios.clock import CLOCK
from drill.scenarios.edited import EDITED
from drill.scenarios.fires import CATCH_UP, OWN_CRON
from drill.scenarios.loop import LOOP
from drill.scenarios.outages import HUB_DOWN, HUB_HALVED, NATS_DOWN, SINK_FAILING, WORKER_KILLED
from drill.scenarios.scale import SCALE

SCENARIOS: tuple[Scenario, ...] = (
    LOOP,
    OWN_CRON,
    CATCH_UP,
    CLOCK,
    WORKER_KILLED,
    HUB_DOWN,
    HUB_HALVED,
    SINK_FAILING,
    NATS_DOWN,
    EDITED,
    SCALE,
)
