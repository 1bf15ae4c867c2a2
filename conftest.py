"""Options and settings of all tests.

Tests have no time limits, because the speed of a shared machine depends on its load; see the session `bench` instead.
"""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("no-deadline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no-deadline")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that rewrites expected texts."""
    parser.addoption("--regenerate", action="store_true", help="rewrite the expected texts of corpus and transcripts")


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Return whether to rewrite expected texts."""
    return bool(request.config.getoption("--regenerate"))
