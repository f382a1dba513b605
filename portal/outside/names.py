"""Invented names for a world's cast: people, companies, their mailboxes. None is real.

A name has one form, in Latin letters, in both languages of the pages. Everything is drawn from
the generator it is given, so one seed makes one cast; drawing twice may give the same name twice.
"""

import re
from random import Random

SURNAMES = (
    "Bai", "Cai", "Chen", "Ding", "Fang", "Gu", "He", "Hou", "Lin", "Luo", "Meng", "Qiao",
    "Ruan", "Su", "Tan", "Tao", "Xia", "Xiong", "Ye", "Yin", "Zhang", "Zhao", "Zhou", "Zhu",
)  # fmt: skip
GIVEN_NAMES = (
    "Anran", "Chuyi", "Heng", "Jiamu", "Jinghe", "Kexin", "Lan", "Lanting", "Miao", "Min",
    "Mingche", "Mo", "Nian", "Ningyu", "Peilin", "Qiao", "Qihang", "Rongrong", "Ruoxi", "Shuo",
    "Shuwen", "Sisi", "Tianyou", "Wanqiu", "Xi", "Xiaoman", "Yanzhi", "Yihan", "Yue", "Yunshu",
    "Zecheng", "Zhixia",
)  # fmt: skip
CITIES = (
    "Changsha", "Chengdu", "Dalian", "Fuzhou", "Hangzhou", "Hefei", "Kunming", "Nanjing",
    "Ningbo", "Qingdao", "Suzhou", "Wuxi", "Xiamen", "Zhuhai",
)  # fmt: skip
THINGS = (
    "Button", "Copper", "Cricket", "Heron", "Juniper", "Kettle", "Kite", "Lantern", "Marble",
    "Osmanthus", "Paper", "Pebble", "Persimmon", "Plum", "Quill", "Sparrow", "Teapot", "Thimble",
    "Umbrella", "Willow",
)  # fmt: skip
PLACES = (
    "Alley", "Attic", "Bay", "Courtyard", "Ferry", "Harbour", "Jetty", "Kiln", "Lane", "Meadow",
    "Orchard", "Pavilion", "Quay", "Stairs", "Terrace", "Wharf",
)  # fmt: skip
LINES_OF_BUSINESS = (
    "Digital Entertainment", "Information Technology", "Interactive Technology",
    "Network Technology", "Software",
)  # fmt: skip
TRADES = ("Board Game Shop", "Game Studio", "Game Workshop", "Puzzle Workshop", "Toy Shop")
OFFICES = ("Culture Office", "Library", "Museum", "Science Centre", "Sports Office", "Tourism Office")
PRESSES = ("Daily", "Evening News", "Magazine", "Radio", "Television", "Weekly")
SOCIETIES = (
    "Chess Society",
    "Children's Fund",
    "Kindergarten",
    "Music School",
    "Puzzle Society",
    "Reading Club",
)
GAMES = ("Chase", "Dash", "Drift", "Escape", "Festival", "Puzzle", "Quest", "Rescue", "Stack", "Voyage")
MAILBOXES = ("accounts", "desk", "games", "hello", "office", "ops", "studio", "team")


def person_name(rng: Random) -> str:
    """Return a person's name, such as "Lin Yue"."""
    return f"{rng.choice(SURNAMES)} {rng.choice(GIVEN_NAMES)}"


def company_name(rng: Random) -> str:
    """Return a company's name, such as "Hangzhou Lantern Bay Network Technology Co., Ltd."."""
    return f"{_city_and_brand(rng)} {rng.choice(LINES_OF_BUSINESS)} Co., Ltd."


def individual_business_name(rng: Random) -> str:
    """Return an individual business's name, such as "Suzhou Teapot Lane Game Workshop"."""
    return f"{_city_and_brand(rng)} {rng.choice(TRADES)}"


def office_name(rng: Random) -> str:
    """Return a government office's name, such as "Hangzhou Lantern Bay Tourism Office"."""
    return f"{_city_and_brand(rng)} {rng.choice(OFFICES)}"


def media_name(rng: Random) -> str:
    """Return a newspaper's or station's name, such as "Ningbo Heron Quay Evening News"."""
    return f"{_city_and_brand(rng)} {rng.choice(PRESSES)}"


def society_name(rng: Random) -> str:
    """Return another organization's name, such as "Suzhou Teapot Lane Chess Society"."""
    return f"{_city_and_brand(rng)} {rng.choice(SOCIETIES)}"


def game_name(rng: Random) -> str:
    """Return a Mini Game's name, such as "Paper Lantern Dash"."""
    first, second = rng.sample(THINGS, 2)
    return f"{first} {second} {rng.choice(GAMES)}"


def email_for(rng: Random, company: str) -> str:
    """Return a mailbox at the company's own domain, such as "ops@lanternbay.example".

    The domain is the second and third word of the name, as the names above have their brand; a
    name without them in Latin letters gets "mail.example".
    """
    brand = re.sub(r"[^a-z0-9]", "", "".join(company.lower().split()[1:3]))[:40]
    return f"{rng.choice(MAILBOXES)}@{brand or 'mail'}.example"


def _city_and_brand(rng: Random) -> str:
    return f"{rng.choice(CITIES)} {rng.choice(THINGS)} {rng.choice(PLACES)}"
