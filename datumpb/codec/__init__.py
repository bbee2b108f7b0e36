"""Conversion between the model's classes and protobuf messages, exact both ways."""
