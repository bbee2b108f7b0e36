"""Makes the files of the conformance suite, from docs/FORMAT.md rather than by the library's own container code."""
