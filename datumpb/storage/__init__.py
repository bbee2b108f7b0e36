"""Where files are: on this machine, or behind a URL."""
