from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datumpb.dataset.transforms.ratios import sizes_of
from datumpb.dataset.transforms.stratify import stratify


def _stratified(labels_of: list[set[int]], weights: list[int]) -> list[int]:
    pairs = [(item, label) for item, labels in enumerate(labels_of) for label in sorted(labels)]
    items, labels = (np.array([pair[axis] for pair in pairs], np.int64) for axis in (0, 1))
    sizes = sizes_of(len(labels_of), {str(part): weight for part, weight in enumerate(weights)})
    parts = stratify(items, labels, sizes, weights).tolist()
    assert [parts.count(part) for part in range(len(weights))] == sizes
    return list(map(int, parts))


def _deviation(labels_of: list[set[int]], parts: list[int], weights: list[int]) -> float:
    """How far labels are from their shares: the mean over labels and parts, as part of a label's items."""
    everything = sorted(set().union(*labels_of))
    found = []
    for label in everything:
        having = [part for part, labels in zip(parts, labels_of, strict=True) if label in labels]
        for part, weight in enumerate(weights):
            found.append(abs(having.count(part) / len(having) - weight / sum(weights)))
    return sum(found) / len(found)


def test_the_rarest_label_is_spread_first() -> None:
    labels_of = [{0}] * 96 + [{0, 1}] * 2 + [{1, 2}] * 2
    parts = _stratified(labels_of, [1, 1])
    assert sorted(parts[98:]) == [0, 1]
    assert sorted(parts[96:98]) == [0, 1]


def test_one_label_an_item_is_dealt_out_as_the_shares_say() -> None:
    labels_of = [{0}] * 70 + [{1}] * 20 + [{2}] * 10
    parts = _stratified(labels_of, [7, 2, 1])
    assert [parts[:70].count(part) for part in range(3)] == [49, 14, 7]
    assert [parts[70:90].count(part) for part in range(3)] == [14, 4, 2]
    assert [parts[90:].count(part) for part in range(3)] == [7, 2, 1]


def test_items_without_labels_fill_what_is_left() -> None:
    parts = _stratified([set(), {5}, set(), {5}, set(), set()], [1, 1])
    assert sorted([parts[1], parts[3]]) == [0, 1]


@given(
    st.lists(st.sets(st.integers(0, 5), max_size=3), max_size=40), st.lists(st.integers(1, 9), min_size=1, max_size=4)
)
def test_every_item_gets_one_part_and_sizes_are_exact(labels_of: list[set[int]], weights: list[int]) -> None:
    assert len(_stratified(labels_of, weights)) == len(labels_of)


@given(st.lists(st.integers(0, 6), max_size=60), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_with_one_label_an_item_hardly_anything_is_off(labels: list[int], weights: list[int]) -> None:
    parts = _stratified([{label} for label in labels], weights)
    for label in set(labels):
        own = [part for part, other in zip(parts, labels, strict=True) if other == label]
        for part, weight in enumerate(weights):
            # Sizes are exact, so that the last label gets what the others left.
            assert abs(own.count(part) - len(own) * weight / sum(weights)) <= len(set(labels)) + 1


@pytest.mark.parametrize("weights", [[8, 2], [7, 2, 1], [1, 1, 1, 1]])
@pytest.mark.parametrize("seed", range(5))
def test_skewed_labels_are_spread_better_than_by_chance(weights: list[int], seed: int) -> None:
    generator = random.Random(seed)
    # As in real data: the label k is about k times as rare as the first, and an item has several.
    frequency = [1 / (label + 1) for label in range(20)]
    labels_of = [set(generator.choices(range(20), frequency, k=generator.randint(0, 4))) for _ in range(400)]
    parts = _stratified(labels_of, weights)
    by_chance = []
    for _ in range(20):
        shuffled = list(parts)
        generator.shuffle(shuffled)
        by_chance.append(_deviation(labels_of, shuffled, weights))
    assert _deviation(labels_of, parts, weights) < min(by_chance) / 2
