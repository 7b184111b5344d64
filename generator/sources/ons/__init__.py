"""The ONS Open Geography Portal: services, protocol, download, cache."""
