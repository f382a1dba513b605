from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.text import clean, email
from portal.outside.names import (
    company_name,
    email_for,
    individual_business_name,
    media_name,
    office_name,
    person_name,
    society_name,
)

seeds = st.integers(0, 2**32).map(Random)


@given(seeds)
def test_a_person_has_a_surname_and_a_given_name(rng):
    name = person_name(rng)

    assert name == clean(name, max_length=30)
    assert [word.istitle() and word.isascii() for word in name.split()] == [True, True]


@given(seeds)
def test_a_company_has_a_city_a_brand_and_its_legal_form(rng):
    name = company_name(rng)

    assert name == clean(name, max_length=80)
    assert name.endswith(" Co., Ltd.")
    assert 6 <= len(name.split()) <= 7


@given(seeds)
def test_an_individual_business_is_not_a_company(rng):
    name = individual_business_name(rng)

    assert name == clean(name, max_length=80)
    assert "Ltd" not in name
    assert 5 <= len(name.split()) <= 6


ORGANIZATIONS = [office_name, media_name, society_name]


@given(seeds, st.sampled_from(ORGANIZATIONS))
def test_an_organization_has_a_city_a_brand_and_what_it_is(rng, name_of):
    name = name_of(rng)

    assert name == clean(name, max_length=80)
    assert "Ltd" not in name
    assert 4 <= len(name.split()) <= 5


@given(seeds, st.sampled_from([company_name, individual_business_name, *ORGANIZATIONS]))
def test_a_mailbox_is_at_the_companys_own_domain(rng, name_of):
    company = name_of(rng)
    address = email_for(rng, company)

    _city, thing, place, *_line = company.lower().split()
    assert address == email(address)
    assert address.split("@")[1] == f"{thing}{place}.example"


@given(seeds, st.text(st.characters()))
def test_any_name_gives_a_mailbox_that_leads_nowhere(rng, company):
    address = email_for(rng, company)

    assert address == email(address)
    assert address.endswith(".example")


@pytest.mark.parametrize("company", ["", "Lantern", "杭州 灯笼湾 网络科技有限公司"])
def test_a_name_without_a_latin_brand_gets_a_mailbox_at_the_mail_domain(company):
    assert email_for(Random(1), company).split("@")[1] == "mail.example"


def cast(seed: int) -> list[str]:
    rng = Random(seed)
    company = company_name(rng)
    return [company, individual_business_name(rng), person_name(rng), email_for(rng, company)]


def test_one_seed_makes_one_cast():
    assert cast(7) == cast(7)
    assert cast(7) != cast(8)


def test_a_world_finds_enough_names():
    rng = Random(1)

    assert len({person_name(rng) for _turn in range(40)}) > 35
    assert len({company_name(rng) for _turn in range(40)}) > 38
