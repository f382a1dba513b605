"""The verification stage's rows, by noun."""

from verification.models.administrator_change import AdministratorChange
from verification.models.authentication import AuthenticationOrder, Document, SubmittedRound
from verification.models.registration import Registration, SmsCode
from verification.models.wire_transfer import WireTransfer

__all__ = [
    "AdministratorChange",
    "AuthenticationOrder",
    "Document",
    "Registration",
    "SmsCode",
    "SubmittedRound",
    "WireTransfer",
]
