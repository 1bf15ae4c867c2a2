"""ActivityDefinitions for activity-core: drafts, loader, checks and dry run (ADR-005).

The names in `__init__.pyi` are the public API; each is imported at first use.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
