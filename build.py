#!/usr/bin/env python3
"""Build the atlas: ``python build.py --help``."""

from generator.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
