"""Builds the contexts of all pages (`views`) from comparisons and layers; writes nothing."""
