"""A static atlas from a table of scores and a set of ONS boundaries."""

import os

__version__ = "0.1.0"

# With lxml openpyxl writes other bytes; whether somebody has it installed must not show in a site.
os.environ["OPENPYXL_LXML"] = "False"
