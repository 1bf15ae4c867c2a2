"""One Temporal server and one event loop for all tests of the drill."""

import asyncio
from collections.abc import Iterator

import pytest
from drill.scenarios import SCENARIOS
from drill.world import Drill

ROOM = 12  # tests that may play a scenario, each in a namespace of its own


@pytest.fixture(scope="session")
def drill() -> Iterator[Drill]:
    running = Drill([f"{scenario.name}-{number}" for scenario in SCENARIOS for number in range(ROOM)])
    yield running
    assert running.end() == "nothing"


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner
