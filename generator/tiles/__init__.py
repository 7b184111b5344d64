"""Vector tiles and PMTiles, cut and encoded without GDAL."""
