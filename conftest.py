"""What the tests of all packages share: texts that they compare and rewrite on demand, and patience.

No test is timed: how fast a shared machine is says nothing about the code, and benchmarks have a session of their own.
"""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to rewrite the expected texts."""
    parser.addoption("--regenerate", action="store_true", help="rewrite the expected texts of corpus and transcripts")


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether expected texts are to be rewritten."""
    return bool(request.config.getoption("--regenerate"))
