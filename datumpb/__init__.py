"""Schema-first serialization of vision datasets with Protocol Buffers."""
