"""The kaizen schedule contract: manifest, checks, clock, orientation bundle, fleet resolver.

The names listed in `__init__.pyi` are the public API; each is imported when it is first used, so that a small use
loads little. Other modules may change in any release.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
