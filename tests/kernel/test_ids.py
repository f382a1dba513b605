"""Ids in addresses: whatever is typed, a database can look for it, or there is no such page."""

import pytest

from portal.kernel.ids import LARGEST_ID, IdConverter


@pytest.mark.parametrize(("typed", "read"), [("7", 7), (str(LARGEST_ID), LARGEST_ID), ("9" * 30, LARGEST_ID)])
def test_an_id_is_at_most_the_largest(typed, read):
    assert IdConverter().to_python(typed) == read


@pytest.mark.django_db
def test_an_id_of_no_row_is_no_page(visitor):
    for digits in ("9" * 30, "9" * 5000):
        assert visitor.get(f"/phone/{digits}/").status_code == 404
