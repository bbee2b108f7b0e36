"""The conformance suite: files that every reader has to read alike, or refuse alike (README.md)."""
