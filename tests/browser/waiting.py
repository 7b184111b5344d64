"""Waits for a page to come to a state, without a script in the page.

Playwright's own ``wait_for_function`` evaluates text in the page as often as it has to; the
pages' security policy allows that the first time only.
"""

from __future__ import annotations

import time
from typing import Any

import playwright.sync_api as playwright


def until(page: playwright.Page, expression: str, arg: object = None, seconds: float = 60) -> Any:
    """What a JavaScript expression or function gives, as soon as that is something true."""
    end = time.monotonic() + seconds
    while not (found := page.evaluate(expression, arg)):
        assert time.monotonic() < end, f"never true: {expression}"
        page.wait_for_timeout(50)
    return found
