"""The ActivityDefinition drafts that the scheduler copies, their loader, and their dry run (ADR-005).

The names listed in `__init__.pyi` are the public API; each is imported when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
