"""The conformance kit: tests that a resolver follows the contract (ADR-005).

A case is a data file in `cases/`: a roster, its repositories, the parameters and the expected result. Three lines of
pytest run all cases:

    @pytest.mark.parametrize("case", cases(), ids=str)
    def test_our_resolver(case):
        require(case, our_resolver)
"""

from kaizen_schedule_core.conformance.case import Case, ExpectedRun, cases
from kaizen_schedule_core.conformance.checking import Resolver, check, require

__all__ = ["Case", "ExpectedRun", "Resolver", "cases", "check", "require"]
