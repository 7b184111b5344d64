"""What is computed without scipy.stats is what scipy.stats computes, and importing waits."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from generator.data.statistics import adjusted_for_many, mean_ranks, score_at_percentile
from generator.later import imported_when_called

SOME = st.floats(-1e6, 1e6) | st.integers(-3, 3).map(float)
VALUES = arrays(float, st.integers(1, 60), elements=SOME)
SHARES = arrays(float, st.integers(1, 60), elements=st.floats(0, 1) | st.just(0.001))


@given(VALUES, st.floats(0, 100) | st.integers(0, 100).map(float))
def test_percentiles_are_scipys_to_the_last_bit(values: np.ndarray, percentile: float) -> None:
    assert score_at_percentile(values, percentile) == stats.scoreatpercentile(values, percentile)


@given(VALUES)
def test_ranks_are_scipys(values: np.ndarray) -> None:
    assert mean_ranks(values).tolist() == stats.rankdata(values).tolist()


@given(SHARES)
def test_adjusted_p_values_are_scipys_to_the_last_bit(p: np.ndarray) -> None:
    assert adjusted_for_many(p).tolist() == stats.false_discovery_control(p).tolist()


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_quantiles_of_mapclassify_need_no_scipy_stats() -> None:
    """They are the usual scheme, and importing it and sklearn takes longer than many a build."""
    code = """if True:
        import sys
        from generator.data.classify import classify
        from generator.settings import Classes
        found = classify({str(n): float(n) ** 2 for n in range(40)}, Classes())
        print(len(found.classes), *sorted({"scipy.stats", "sklearn"} & set(sys.modules)))
    """
    assert run(code) == "5"


def test_other_schemes_get_what_they_need_when_they_are_asked_for() -> None:
    code = """if True:
        import sys
        from generator.data.classify import classify
        from generator.settings import Classes
        values = {str(n): float(n) ** 2 for n in range(40)}
        schemes = [Classes(scheme=name) for name in ("BoxPlot", "NaturalBreaks")]
        found = [len(classify(values, scheme).classes) for scheme in schemes]
        from scipy.stats import norm
        from sklearn.cluster import KMeans
        print(*found, isinstance(KMeans, type), norm.cdf(0))
    """
    assert run(code) == "4 5 True 0.5"


def test_a_module_is_imported_at_the_first_call_of_what_is_in_it() -> None:
    code = """if True:
        import sys
        from generator.later import imported_when_called
        with imported_when_called({"colorsys": {"hls_to_rgb": len}}):
            import colorsys
            from colorsys import rgb_to_hls
        print("colorsys" in sys.modules, colorsys.hls_to_rgb("own"))
        print(rgb_to_hls(1, 1, 1)[1], "colorsys" in sys.modules)
    """
    assert run(code) == "False 3\n1.0 True"


def test_a_module_that_is_there_already_is_used_as_it_is() -> None:
    with imported_when_called({"scipy.stats": {}}):
        assert sys.modules["scipy.stats"] is stats


def test_what_python_asks_of_a_module_is_no_call() -> None:
    with imported_when_called({"no.such.module": {}}), pytest.raises(AttributeError):
        sys.modules["no.such.module"].__path__  # noqa: B018
