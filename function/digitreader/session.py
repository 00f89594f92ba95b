"""Sessions: 128 random bits as 32 hexadecimal digits, known only to the page."""

import re
from hashlib import sha256

_SESSION = re.compile(r"[0-9a-f]{32}")


def is_session(text: str) -> bool:
    """Return whether `text` has the form of a session."""
    return _SESSION.fullmatch(text) is not None


def digest_of(session: str) -> str:
    """Return the session's SHA-256, which names the session without revealing it."""
    return sha256(session.encode()).hexdigest()
