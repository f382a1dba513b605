from accounts import samples
from portal.outside.models import DirectoryEntry
from portal.simulator import walks


def test_the_worlds_seed_decides_which_email_is_invented(make_world):
    one, same, other = make_world(seed=7), make_world(seed=7), make_world(seed=8)

    assert samples.free_email(one) == samples.free_email(one) == samples.free_email(same)
    assert samples.free_email(one) != samples.free_email(other)
    assert samples.free_email(one).endswith(".example")


def test_an_email_in_use_here_or_elsewhere_is_not_offered(world, make_world):
    first = samples.free_email(world)
    walks.register(world, first.upper())
    second = samples.free_email(world)
    DirectoryEntry.objects.create(
        world=world, email=second, email_key=second, where=DirectoryEntry.Where.PERSONAL
    )
    third = samples.free_email(world)

    assert len({first, second, third}) == 3
    assert samples.free_email(make_world(seed=world.seed)) == first


def test_an_expired_registration_frees_its_email(world, time):
    first = samples.free_email(world)
    walks.register(world, first)
    time.passes(hours=48)

    assert samples.free_email(world) == first


def test_names_do_not_run_out(world):
    for _turn in range(samples._DRAWN_AT_ONCE + 1):
        walks.register(world, samples.free_email(world))

    assert any(character.isdigit() for character in samples.free_email(world).split("@")[0])


def test_without_a_directory_no_email_in_use_is_offered(world):
    DirectoryEntry.objects.all().delete()

    assert [str(sample["label"]) for sample in samples.for_email(world)] == [
        "A free e-mail",
        "Malformed e-mail",
    ]
