"""What the tests in a browser do where there is none."""

from __future__ import annotations

import pytest
from browsing import chromium_path


@pytest.mark.parametrize("ci", [False, True])
def test_without_chromium_they_say_so_and_in_ci_they_fail(
    monkeypatch: pytest.MonkeyPatch, ci: bool
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception if ci else pytest.skip.Exception, match="CHROMIUM"):
        chromium_path()
