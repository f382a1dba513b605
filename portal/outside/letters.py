"""Writing letters and text messages; a copy of a letter may also leave by real SMTP."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Hashable, Mapping
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from portal.kernel import bulk, outbox
from portal.kernel.action import action
from portal.kernel.actors import Actor
from portal.kernel.models import World
from portal.outside.models import ChatMessage, Letter, Person, Sms

SMTP = "outside.smtp"
ASSISTANT = "Platform assistant"  # who writes; a page translates it
LINK = re.compile(r"https?://[^\s<>\"]+")


def compose(world: World, *, to: str, name: str, context: Mapping[str, object], language: str) -> Letter:
    """Return an unsaved letter made from templates/letters/<name>, in `language`, as of world time.

    The template's first line is the subject, the rest plain text, in paragraphs.
    """
    with translation.override(language):
        written = render_to_string(f"letters/{name}.txt", {**context, "world": world, "origin": world.origin})
    subject, _, text = written.strip().partition("\n")
    return Letter(
        world=world,
        to=to,
        subject=" ".join(subject.split())[:200],
        text=text.strip(),
        links=LINK.findall(text),
        at=world.now(),
    )


class Edition:
    """One letter to many in a world, written once for each language and set of facts.

    The template knows the facts and the world, nothing else: what differs between two readers is a fact.
    """

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self._written: dict[tuple[object, ...], Letter] = {}

    def compose(self, *, to: str, language: str, **facts: Hashable) -> Letter:
        """Return an unsaved letter to `to`, as of world time."""
        key = (language, *sorted(facts.items()))
        first = self._written.get(key)
        if first is None:
            first = compose(self.world, to=to, name=self.name, context=facts, language=language)
            self._written[key] = first
            return first
        return Letter(
            world=self.world,
            to=to,
            subject=first.subject,
            text=first.text,
            links=first.links,
            at=self.world.now(),
        )


def write(world: World, *, to: str, name: str, context: Mapping[str, object], language: str) -> Letter:
    """Deliver a letter by writing it, and put a copy in the outbox when real SMTP is set."""
    return deliver([compose(world, to=to, name=name, context=context, language=language)])[0]


def deliver(letters: list[Letter]) -> list[Letter]:
    """Deliver composed letters at once."""
    Letter.objects.bulk_create(letters, batch_size=500)
    if settings.SMTP_URL:
        for letter in letters:
            outbox.put(SMTP, subject=letter)
    return letters


def deliver_many(letters: list[Letter]) -> None:
    """Deliver composed letters by the thousand; they do not learn their ids."""
    if settings.SMTP_URL:
        deliver(letters)
    else:
        bulk.insert(letters)


def text_message(world: World, *, to: str, text: str, code: str = "") -> Sms:
    """Deliver a text message to a phone number; `code` is what a person would type from it."""
    return Sms.objects.create(world=world, to=to, text=text, code=code, at=world.now())


def chat_message(person: Person, *, text: str) -> ChatMessage:
    """Deliver what the platform's assistant writes to somebody's WeChat."""
    return ChatMessage.objects.create(
        world=person.world, person=person, sender=ASSISTANT, text=text[:500], at=person.world.now()
    )


@action
def mark_read(letter_id: int, *, by: Actor) -> None:
    """Take a letter out of the unread ones; the first reading counts."""
    letter = Letter.objects.select_related("world").get(pk=letter_id)
    Letter.objects.filter(pk=letter.pk, read_at__isnull=True).update(read_at=letter.world.now())


@action
def mark_all_read(world_id: int, *, to: str = "", by: Actor) -> int:
    """Take every letter, or those to one address, out of the unread ones; returns how many."""
    world = World.objects.share(world_id)
    unread = Letter.objects.filter(world=world, read_at__isnull=True)
    return (unread.filter(to=to) if to else unread).update(read_at=world.now())


@action
def mark_messages_read(world_id: int, *, number: str, by: Actor) -> int:
    """Take what lies on the phone with this number out of the unread: SMS and chat; returns how many SMS."""
    world = World.objects.share(world_id)
    chats = ChatMessage.objects.filter(world=world, person__phone=number, read_at__isnull=True)
    chats.update(read_at=world.now())
    return Sms.objects.filter(world=world, to=number, read_at__isnull=True).update(read_at=world.now())


def as_html(letter: Letter) -> str:
    """Return the letter as a page of its own, for a sandboxed frame or a mail reader."""
    page = render_to_string("letters/frame.html", {"letter": letter, "paragraphs": paragraphs(letter.text)})
    return page.lstrip()  # the template begins with its tags


def paragraphs(text: str) -> list[list[tuple[str, bool]]]:
    """Return a letter's paragraphs as pieces (text, is a link), for the HTML frame."""
    result = []
    for block in re.split(r"\n\s*\n", text.strip()):
        line, pieces, end = " ".join(block.split()), [], 0
        for found in LINK.finditer(line):
            pieces += [(line[end : found.start()], False), (found.group(), True)]
            end = found.end()
        result.append([piece for piece in [*pieces, (line[end:], False)] if piece[0]])
    return result


@outbox.delivers(SMTP)
def send_by_smtp(letter_id: int) -> None:
    """Send a copy of a letter to a real server: `smtp[s]://user:password@host:port?from=address`."""
    letter = Letter.objects.get(pk=letter_id)
    url = urlsplit(settings.SMTP_URL)
    sender = parse_qs(url.query).get("from", ["greenroom@localhost"])[0]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Message-ID"] = f"<letter-{letter.pk}@greenroom.example>"
    message.set_content(letter.text)
    message.add_alternative(as_html(letter), subtype="html")
    connect = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    with connect(url.hostname or "localhost", url.port or 25, timeout=10) as server:
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)
