"""How a password that a machine made is kept: it is too long to be guessed, so a quick hash will do."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final

from django.contrib.auth.hashers import BasePasswordHasher

MACHINE_MADE: Final = "machine_made"


class MachineMadeHasher(BasePasswordHasher):
    """Salted SHA-256, for secrets of 96 random bits and more: a world is made in a blink.

    What a person chose never comes here; Django hashes that slowly, and rehashes this at the first log-in.
    """

    algorithm = MACHINE_MADE

    def encode(self, password: str, salt: str) -> str:
        """Return `machine_made$<salt>$<digest>`."""
        digest = hashlib.sha256(f"{salt}${password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        """Return the parts of an encoded password."""
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "hash": digest, "salt": salt}

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether this is the password."""
        return hmac.compare_digest(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> Any:
        """Return what may be shown of it: how it is kept."""
        return {"algorithm": self.algorithm}

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Do nothing: there is no slow hash whose time would tell anything."""
