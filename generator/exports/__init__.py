"""Files for scripts and files to take away."""
