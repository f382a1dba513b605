"""Which documents a game's submission must hold, per entity type, with their fields (REL-4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.kernel.terms import EntityType as E


@dataclass(frozen=True)
class Field:
    """A typed field beside a document: how it must look, and the sentence when it does not."""

    name: str
    label: Promise
    pattern: re.Pattern[str]
    hint: Promise
    example: str
    wrong: str  # what a sample with a mistake says

    def is_right(self, typed: object) -> bool:
        """Return whether it looks as it must."""
        return self.pattern.fullmatch(str(typed)) is not None


@dataclass(frozen=True)
class Slot:
    """A document: what it is, and what is typed from it."""

    name: str
    label: Promise
    hint: Promise
    fields: tuple[Field, ...]

    def examples(self) -> dict[str, str]:
        """Return fields that are all right, for a sample."""
        return {field.name: field.example for field in self.fields}

    def mistakes(self) -> dict[str, str]:
        """Return fields that are all wrong, for a sample."""
        return {field.name: field.wrong for field in self.fields}


EDITION: Final = Slot(
    "edition_number",
    _("Approval of the State Administration of Radio, Film and Television Edition Number"),
    _("A photo or scan of the approval, or a copy with the seal."),
    (
        Field(
            "edition_number",
            _("Edition number"),
            re.compile(r"ISBN 978-7-\d{1,7}-\d{1,7}-\d"),
            _("Write it like ISBN 978-7-7979-1234-5, as on the approval."),
            "ISBN 978-7-7979-9901-9",
            "ISBN 978-1-7979-9901",
        ),
        Field(
            "approval_number",
            _("Approval number"),
            re.compile(r"\S.{2,38}\S"),
            _("Write it as on the approval, 4 to 40 characters."),
            "NPPA-SIM 2019-9901",
            "No",
        ),
    ),
)
CULTURE: Final = Slot(
    "culture_record",
    _("Record Information of the Ministry of Culture"),
    _("A screenshot or print of the record, or a copy with the seal."),
    (
        Field(
            "record_number",
            _("Record number"),
            re.compile(r"\S.{2,38}\S"),
            _("Write it as on the record, 4 to 40 characters."),
            "MoC-SIM-2019-9901",
            "9",
        ),
    ),
)
COPYRIGHT: Final = Slot(
    "software_copyright",
    _("Computer Software Copyright Registration Certificate"),
    _("A photo or scan of the certificate."),
    (
        Field(
            "registration_number",
            _("Registration number"),
            re.compile(r"20\d{2}SR\d{6,7}"),
            _("Write it like 2019SR1234567, as on the certificate."),
            "2019SR9901234",
            "1999SR12",
        ),
    ),
)
REVIEW: Final = Slot(
    "self_review",
    _("Game Self-review and Self-examination Report"),
    _("Signed by the individual, or with the seal of the organization."),
    (),
)

INDIVIDUAL: Final = (COPYRIGHT, REVIEW)
ORGANIZATION: Final = (EDITION, CULTURE, COPYRIGHT, REVIEW)

SLOTS: Final[Mapping[E, tuple[Slot, ...]]] = {
    kind: INDIVIDUAL if kind == E.INDIVIDUAL else ORGANIZATION for kind in E
}


def slots(entity_type: str) -> tuple[Slot, ...]:
    """Return the documents that an account of this entity type hands in: two, or four."""
    return SLOTS[E(entity_type)]
