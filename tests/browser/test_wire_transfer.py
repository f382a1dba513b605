"""The wire transfer in a real browser: ten days that pass, and payments that miss."""

import pytest
from playwright.sync_api import expect

from tests.browser import story
from tests.browser.visitor import Name

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLOCK = "Clock and agenda"
WAITING = "Pay from the corporate account"


@pytest.mark.requirement("VER-2", "REG-10", "SIM-2", "SIM-3", "SIM-4")
def test_ten_days_pass_and_the_email_registers_again(visitor):
    """Reminders 7, 3 and 1 days before; then the registration expires, once, and what it held is free."""
    story.make_world(visitor, "Ten days")
    email = story.await_transfer(visitor)

    story.open_clock(visitor)
    for reminder in (
        "12 Mar 2019, 10:00: Reminder: 7 days left to pay",
        "16 Mar 2019, 10:00: Reminder: 3 days left to pay",
        "18 Mar 2019, 10:00: Reminder: 1 day left to pay",
    ):
        visitor.presses("To the next event", to=CLOCK)
        assert story.told(visitor) == f"Advanced to {reminder}."
    story.open_outside(visitor, "Mailbox")
    for left in ("7 days left", "3 days left", "1 day left"):
        expect(story.letter(visitor, Name(f"{left} for the wire transfer"))).to_have_count(1)

    visitor.clicks(story.letter(visitor, Name("1 day left for the wire transfer")), to="Mailbox")
    visitor.follows("Open the link", to=WAITING)
    visitor.presses("To the deadline", to="The registration expired")
    visitor.sees(Name("arrived by 19 Mar 2019, 10:00."))
    visitor.sees(Name(f"The e-mail {email}, the place of"))

    story.open_clock(visitor)
    expired = visitor.part("Agenda").get_by_text("Registration expires: no wire transfer")
    expect(expired).to_have_count(1)
    story.open_outside(visitor, "Mailbox")
    expect(story.letter(visitor, "The registration expired")).to_have_count(1)

    visitor.goes_to("/", to=story.HOME)
    visitor.sees(
        Name(f"The registration of {email} expired on 19 Mar 2019, 10:00. Its e-mail is free again.")
    )
    story.log_in(visitor, email, to="Log in to the console")
    visitor.sees("Not logged in: no account of this world has this e-mail and this password. Check both.")
    assert story.register(visitor, email) == email
    story.open_letter(visitor)


@pytest.mark.requirement("VER-3", "SIM-4", "SIM-9")
def test_near_misses_are_parked_and_refunded_and_the_exact_one_verifies(visitor):
    """Wrong amount by hand, wrong payer and personal account by one click: each parked with its reason."""
    visitor.goes_to("/", to=story.HOME)
    visitor.presses("A near miss", to=WAITING)  # by one fen, on Sunday, 10 March 2019
    story.open_clock(visitor)
    visitor.presses("Freeze", to=CLOCK)
    visitor.goes_to("/verification/wire-transfer/", to=WAITING)

    visitor.follows("Open the bank", to="Bank")
    amount = visitor.field("Amount, yuan")
    wrong = f"{float(amount.input_value()) + 1:.2f}"
    amount.fill(wrong)
    visitor.presses("Transfer", to="Bank")
    visitor.sees("The amount differs from what was asked for.")
    visitor.sees(Name("Mon 11 Mar 2019"))
    visitor.follows("See what the console says", to=WAITING)
    history = visitor.part("History")
    visitor.sees(Name(f"¥{wrong} parked"), within=history)

    visitor.presses("Wrong payer", to=WAITING)
    visitor.sees("The payer is not the registered entity.", within=history)
    visitor.presses("Personal account", to=WAITING)
    visitor.sees("It came from a personal account.", within=history)

    returned = history.get_by_text("returned")
    expect(returned).to_have_count(0)
    visitor.presses("To the return", to=WAITING)
    expect(returned).to_have_count(1)
    visitor.presses("To the return", to=WAITING)
    expect(returned).to_have_count(4)
    for payer in ("Suzhou Red Crane Trading Co., Ltd.", "Lin Yue"):
        visitor.sees(Name(f"to {payer}"), within=history)
    expect(visitor.button("To the return")).to_have_count(0)

    visitor.presses("Pay this", to="The entity is verified")
    visitor.sees("The exact amount came from its own account in time.")
