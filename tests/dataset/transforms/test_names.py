from __future__ import annotations

import pytest

from datumpb.dataset.transforms.names import check_known
from datumpb.errors import OptionError
from tests.support.samples import one_line


def test_names_that_are_there() -> None:
    check_known("label", ["b", "a"], ["a", "b"])
    check_known("label", [], [])


def test_names_are_listed_once_and_the_nearest_is_guessed() -> None:
    with pytest.raises(OptionError) as caught:
        check_known("label", ["person", "persn"], ["person", "person", "car"])
    assert str(caught.value) == "there is no label 'persn' (did you mean 'person'?); there are: person, car"


def test_no_names_at_all() -> None:
    with pytest.raises(OptionError) as caught:
        check_known("subset", ["a"], [])
    assert str(caught.value) == "there is no subset 'a'; there are: none"


def test_a_thousand_names_are_cut() -> None:
    with pytest.raises(OptionError) as caught:
        check_known("label", ["?"], [f"class-{number}" for number in range(1000)])
    assert one_line(caught.value, "class-0, ", "class-99 and 900 more").count("class-") == 100
