"""Libraries that a library imports for what few of its users ask of it: got once they are asked.

mapclassify imports scipy.stats and sklearn.cluster, which take longer than many a build has to
do, for percentiles and for k-means.  Within ``with imported_when_called(...)`` such a module is
only a name; the first call of anything in it imports it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Later(ModuleType):
    """Stands for a module.  What is taken from it can be called; that imports the module."""

    def __init__(self, name: str, own: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__(name, __doc__)
        self.__dict__.update(own)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)  # no package, no loader: importing it asks for these

        def call(*args: Any, **named: Any) -> Any:
            return getattr(importlib.import_module(self.__name__), name)(*args, **named)

        return call


@contextmanager
def imported_when_called(
    modules: Mapping[str, Mapping[str, Callable[..., Any]]],
) -> Iterator[None]:
    """Whoever imports these modules meanwhile gets them when something in them is called.

    Only for libraries that call what they import: a class can't be derived from, nor a constant
    read.  Modules that are imported already are used as they are, and afterwards everyone else
    imports them as always.

    Parameters
    ----------
    modules
        By name; with functions of one's own that do what the module's do, by name.
    """
    stand_ins = {
        name: _Later(name, own) for name, own in modules.items() if name not in sys.modules
    }
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]
