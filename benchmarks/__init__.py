"""Measurements that `make benchmarks` takes; some tests use their checks."""
