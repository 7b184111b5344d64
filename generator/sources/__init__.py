"""The only readers of input: tables, boundary files, the ONS portal, the hexagon layout."""
