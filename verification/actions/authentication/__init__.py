"""Method II: apply for WeChat authentication, pay, be reviewed, keep it a year (VER-4, VER-5).

The fee is charged for each application and not returned; what a reviewer returns may be corrected
three times within thirty days of the first return, without another fee.
"""

from verification.actions.authentication.application import (
    add_document,
    agree,
    drop,
    open_order,
    remove_document,
    require_renewal_open,
    save_materials,
    submit_materials,
)
from verification.actions.authentication.desk import carry_out
from verification.actions.authentication.fee import show_fee
from verification.actions.authentication.orders import (
    active_order,
    documents_of,
    is_at_the_desk,
    lapses_at,
    lock,
    locked,
)
from verification.actions.authentication.term import begin
from verification.actions.authentication.words import (
    END,
    FEE,
    LAPSE,
    PAGE,
    PAY,
    PAYEE,
    REFILL,
    RENEWAL,
    RETURN,
    REVIEW,
)

__all__ = [
    "END",
    "FEE",
    "LAPSE",
    "PAGE",
    "PAY",
    "PAYEE",
    "REFILL",
    "RENEWAL",
    "RETURN",
    "REVIEW",
    "active_order",
    "add_document",
    "agree",
    "begin",
    "carry_out",
    "documents_of",
    "drop",
    "is_at_the_desk",
    "lapses_at",
    "lock",
    "locked",
    "open_order",
    "remove_document",
    "require_renewal_open",
    "save_materials",
    "show_fee",
    "submit_materials",
]
