"""The registry of codes: every problem this software can tell of, once, with its explanation.

Families: KZ1xx reading the file, KZ2xx shape, KZ3xx meaning, KZ4xx roster, KZ5xx definitions (ADR-006).
`schedule explain CODE` is made from it.
"""

from kaizen_schedule_core.codes import definitions, meaning, reading, roster, shape
from kaizen_schedule_core.codes.code import Code

__all__ = ["CODES", "Code", "definitions", "meaning", "reading", "roster", "shape"]

CODES: dict[str, Code] = {
    code.id: code
    for family in (reading, shape, meaning, roster, definitions)
    for code in vars(family).values()
    if isinstance(code, Code)
}
"""Every code by its id, in the order of the families."""
