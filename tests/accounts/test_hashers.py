"""Machine-made passwords are hashed quickly, and only those."""

import pytest
from django.contrib.auth.hashers import check_password, get_hasher, identify_hasher, make_password

from accounts.hashers import MACHINE_MADE
from accounts.models import Login
from portal.kernel.actors import SIMULATOR
from portal.simulator import rooms

PASSWORD = "dG9vIGxvbmcgdG8gYmUgZ3Vlc3NlZA"


def test_it_tells_the_password_from_another():
    kept = make_password(PASSWORD, hasher=MACHINE_MADE)

    assert PASSWORD not in kept
    assert check_password(PASSWORD, kept)
    assert not check_password(PASSWORD[:-1], kept)
    assert not check_password("", kept)
    assert kept != make_password(PASSWORD, hasher=MACHINE_MADE), "salted"
    assert get_hasher(MACHINE_MADE).safe_summary(kept) == {"algorithm": MACHINE_MADE}


def test_nobodys_own_password_is_kept_so():
    assert identify_hasher(make_password("rehearse-2019")).algorithm != MACHINE_MADE


@pytest.mark.django_db
def test_a_worlds_reviewer_has_one_and_it_is_hashed_anew_at_the_log_in(client):
    room = rooms.open_world(name="Class 07", by=SIMULATOR)
    reviewer = Login.objects.get(username=room.reviewer)

    assert identify_hasher(reviewer.password).algorithm == MACHINE_MADE
    assert client.login(username=room.reviewer, password=room.password)
    reviewer.refresh_from_db()
    assert identify_hasher(reviewer.password).algorithm != MACHINE_MADE
    assert check_password(room.password, reviewer.password)
