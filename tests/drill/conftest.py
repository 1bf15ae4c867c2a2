"""One Temporal server and one event loop for all tests of the drill."""

import asyncio
from collections.abc import Iterator

import pytest
from drill.scenarios import SCENARIOS
from drill.world import Drill

NAMESPACES = 12  # per scenario: one for each test that runs it


@pytest.fixture(scope="session")
def drill() -> Iterator[Drill]:
    running = Drill([f"{scenario.name}-{number}" for scenario in SCENARIOS for number in range(NAMESPACES)])
    yield running
    assert running.end() == "nothing"


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner
