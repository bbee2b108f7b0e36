"""Transforms: datasets made of other datasets. Each is a `DatasetSource`, and reads items only when asked for some.

Items flow one by one. Each transform says what is kept in memory for each item, if anything.
"""
