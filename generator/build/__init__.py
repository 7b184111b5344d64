"""Runs the stages, knows what is stale, writes."""
