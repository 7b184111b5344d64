"""All English that the site says."""
