"""What the tests of all packages share: texts that they compare, and rewrite on demand."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to rewrite the expected texts."""
    parser.addoption("--regenerate", action="store_true", help="rewrite the expected texts of corpus and transcripts")


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether expected texts are to be rewritten."""
    return bool(request.config.getoption("--regenerate"))
