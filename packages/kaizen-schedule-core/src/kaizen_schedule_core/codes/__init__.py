"""The registry of diagnostic codes, with their explanations.

Families: KZ1xx reading, KZ2xx structure, KZ3xx values, KZ4xx roster, KZ5xx definitions (ADR-006).
`schedule explain CODE` prints an entry.
"""

from kaizen_schedule_core.codes import definitions as definitions
from kaizen_schedule_core.codes import reading as reading
from kaizen_schedule_core.codes import roster as roster
from kaizen_schedule_core.codes import structure as structure
from kaizen_schedule_core.codes import values as values
from kaizen_schedule_core.codes.code import Code as Code

CODES: dict[str, Code] = {}
"""All codes by id, in the order of the families."""

for _family in (reading, structure, values, roster, definitions):
    CODES.update((code.id, code) for code in vars(_family).values() if isinstance(code, Code))
