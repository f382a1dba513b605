"""The pytest plugin as somebody else's project loads it: a process of its own, a running portal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from portal.kernel.models import World
from tests.simulator.api import KEY

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("API-5")]


@pytest.fixture
def run(live_server, settings, tmp_path):
    """Return a runner of a test module in an empty project, with the plugin."""
    settings.ROOT_URLCONF = "tests.simulator.api"
    settings.CONTROL_KEY = KEY

    def run(module: str, *arguments: str, key: str = KEY) -> tuple[int, str]:
        (tmp_path / "test_mine.py").write_text(module, encoding="utf-8")
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "portal.testing", "-p", "no:cacheprovider",
             "-p", "no:django", *arguments],
            cwd=tmp_path,
            env=kept | {"PYTHONPATH": str(ROOT), "GREENROOM_URL": live_server.url, "GREENROOM_KEY": key},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )  # fmt: skip
        return ran.returncode, ran.stdout + ran.stderr

    return run


def documented() -> str:
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    [snippet] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    return str(snippet)


def test_the_documented_test_has_six_lines_and_passes(run):
    snippet = documented()
    code, said = run(snippet, "-q")

    assert len(snippet.splitlines()) == 6
    assert (code, "1 passed" in said) == (0, True), said
    assert not World.objects.exists(), "the test's world is deleted afterwards"


def test_a_failing_test_tells_what_happened_in_its_world(run):
    code, said = run(
        "def test_mine(account_at, bank):\n"
        "    account = account_at('awaiting_transfer')\n"
        "    assert bank.pay(account, amount_fen=account.wire.amount_fen + 1).state == 'matched'\n"
    )

    assert code == 1
    timeline = said.partition("- Greenroom: test_mine -")[2]
    assert "accounts.Account" in timeline, said
    assert re.search(r"outside\.BankTransfer \d+  park  posted -> parked  by bank: wrong_amount", timeline), (
        said
    )
    assert KEY not in said


def test_everything_a_world_has_is_in_a_tests_hands(run):
    code, said = run(
        "import pytest\n"
        "from datetime import timedelta\n"
        "from portal.testing import Failed\n"
        "\n"
        "@pytest.mark.greenroom(seed=7, now='2019-03-09T10:00:00+08:00')\n"
        "def test_mine(world, clock, account_at, mailbox, phone, bank, reviewer, greenroom):\n"
        "    assert clock.now.isoformat() == '2019-03-09T10:00:00+08:00'\n"
        "    alone = account_at('verified', entity_type='individual')\n"
        "    assert (alone.state, alone.can('open_wechat_pay')) == ('verified', False)\n"
        "    assert len(phone.code(phone.person('meiran').phone)) == 6\n"
        "    assert phone.waiting('meiran') == []\n"
        "    with pytest.raises(LookupError):\n"
        "        phone.confirm('meiran')\n"
        "    with pytest.raises(LookupError, match='within 0.2 s'):\n"
        "        mailbox.wait_for('nobody@nowhere.example', within=0.2)\n"
        "    company = account_at('awaiting_transfer')\n"
        "    other = bank.open('Suzhou Red Crane Trading Co., Ltd.', balance_fen=100)\n"
        "    parked = bank.pay(company, from_account=other.account)\n"
        "    assert (parked.state, parked.reason) == ('parked', 'wrong_payer')\n"
        "    assert [each.kind for each in clock.agenda()][0] == 'verification.wire_return'\n"
        "    assert [each.outcome for each in clock.next()] == ['returned']\n"
        "    assert [each.outcome for each in clock.advance('P1D')] == ['reminded']\n"
        "    assert clock.passes(seconds=1) == []\n"
        "    assert clock.advance(clock.now + timedelta(days=20))[-1].kind == 'verification.wire_transfer'\n"
        "    assert company.state == 'expired'\n"
        "    assert reviewer.waiting() == []\n"
        "    assert reviewer.policy('verification.authentication', 'auto', after='P1D')\n"
        "    with pytest.raises(Failed) as refused:\n"
        "        account_at('awaiting_transfer', entity_type='individual')\n"
        "    assert (refused.value.status, refused.value.field) == (409, 'stage')\n"
        "    clock.run()\n"
        "    clock.freeze()\n"
        "    world.reset()\n"
        "    assert mailbox.all() == []\n"
    )

    assert code == 0, said


def test_a_version_goes_to_the_players_in_phases_and_back(run):
    code, said = run(
        "import pytest\n"
        "from portal.testing import Failed\n"
        "\n"
        "def test_mine(world, clock, account_at, reviewer):\n"
        "    game = account_at('released')\n"
        "    game.upload('1.1.0', description='Night level')\n"
        "    game.submit()\n"
        "    reviewer.reject('The notes say too little.')\n"
        "    game.withdraw(game.submit())\n"
        "    game.submit()\n"
        "    reviewer.approve()\n"
        "    world.internal_test(after='P3D')\n"
        "    with pytest.raises(Failed) as refused:\n"
        "        game.release(5)\n"
        "    assert refused.value.code == 'internal_test'\n"
        "    clock.passes(days=3)\n"
        "    phased = game.release(5)\n"
        "    assert game.grow(phased, 30).percent == 30\n"
        "    assert clock.passes(days=15)[-1].outcome == 'full'\n"
        "    assert game.roll_back().number == '1.0.0'\n"
        "    game.suspend('Moving house')\n"
        "    game.resume()\n"
        "    assert [release.state for release in game.releases] == ['replaced', 'replaced', 'full']\n"
        "    assert world.internal_test(False) == []\n"
    )

    assert code == 0, said


def test_tests_side_by_side_do_not_see_each_other(run):
    module = (
        "import pytest\n"
        "@pytest.mark.parametrize('number', range(4))\n"
        "def test_mine(world, account_at, mailbox, number):\n"
        "    account_at('registered', email='same@lanternbay.example')\n"
        "    assert [letter.to for letter in mailbox.all()] == ['same@lanternbay.example']\n"
    )
    code, said = run(module, "-n", "2")

    assert (code, "4 passed" in said) == (0, True), said


def test_a_wrong_key_and_no_key_are_told_in_a_sentence(run):
    module = "def test_mine(world):\n    pass\n"

    assert "401 no_key: Send the control key" in run(module, key="wrong")[1]
    assert "No portal was named. Set GREENROOM_URL and GREENROOM_KEY" in run(module, key="")[1]


def test_the_plugin_needs_pytest_and_the_standard_library_alone():
    loaded = subprocess.run(
        [sys.executable, "-c", "import portal.testing, sys; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    ).stdout.split()  # fmt: skip

    apps = {
        "portal",
        "accounts",
        "pushes",
        "platforms",
        "verification",
        "information",
        "releases",
        "payments",
        "associations",
    }
    ours = {name for name in loaded if name.split(".")[0] in apps}
    plugin = {"portal.testing", *(f"portal.testing.{name}" for name in ("client", "players", "worlds"))}
    assert ours == {"portal", *plugin}
    assert not {"django", "ninja", "pydantic"} & set(loaded)
