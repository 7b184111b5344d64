"""What must not be cut in two by the keyboard or by SIGTERM."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def unbroken(*, too_late: bool = False) -> Iterator[None]:
    """Signals that stop a build wait until this block is done.

    Parameters
    ----------
    too_late
        They are not heeded after it either: what they would stop is done.
    """
    # Only the main thread may say what becomes of signals, and only it hears them.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the library's shape
        waiting.append(number)

    former = {number: signal.signal(number, wait) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        if waiting and not too_late:
            signal.raise_signal(waiting[0])
