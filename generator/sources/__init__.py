"""Readers of input: tables, boundary files, packages, the ONS portal, the publisher's logo."""
