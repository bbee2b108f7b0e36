"""Encryption of bytes; knows nothing of records or datasets."""
