"""The registry of diagnostic codes, with their explanations.

Families: KZ1xx reading, KZ2xx structure, KZ3xx values, KZ4xx roster, KZ5xx definitions (ADR-006).
`schedule explain CODE` prints an entry.
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
"""All codes by id, in the order of the families."""
