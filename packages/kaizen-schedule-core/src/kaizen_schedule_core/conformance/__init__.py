"""The conformance kit: another project proves with it that its resolver obeys the contract (ADR-005).

A case is a data file under `cases/`: a roster, the repositories it names, a question and the one right answer. Three
lines of pytest run them all:

    @pytest.mark.parametrize("case", cases(), ids=str)
    def test_our_resolver(case):
        require(case, our_resolver)
"""

from kaizen_schedule_core.conformance.case import Case, ExpectedRun, cases
from kaizen_schedule_core.conformance.checking import Resolver, check, require

__all__ = ["Case", "ExpectedRun", "Resolver", "cases", "check", "require"]
