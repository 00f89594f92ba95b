"""Modules that are imported at the first use of what they hold, not where they are named.

https://docs.python.org/3/library/importlib.html#implementing-lazy-imports
"""

import importlib.util
import sys


def put_off(name: str) -> None:
    """From now on `from package import name` waits for the first use of an attribute.

    `name` is a dotted one; the package itself is imported now. A module that is imported already,
    or that is not there, stays as it is.
    """
    if name in sys.modules:
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    importlib.util.LazyLoader(spec.loader).exec_module(module)
    package, _, attribute = name.rpartition(".")
    setattr(sys.modules[package], attribute, module)  # or `from` would look it up, and so use it
