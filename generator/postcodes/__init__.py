"""Which area a postcode lies in: found at build time, looked up in the browser."""
