"""Datasets: subsets of items, wherever they are kept, and the folder in which the `datumpb` format keeps them."""
