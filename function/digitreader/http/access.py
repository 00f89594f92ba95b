"""Who may ask: API keys, and limits by address and by session."""

import hmac

from starlette.requests import Request

from digitreader.errors import MalformedRequest, Unauthorised
from digitreader.http.fields import quoted
from digitreader.http.rate_limit import Limiter
from digitreader.settings import Settings

_IPV6_SITE = 64  # bits: what one home or host gets of them, and so may change at will


class Access:
    """The door of the function."""

    def __init__(self, settings: Settings) -> None:
        # A header's bytes are told as latin-1, in which a key may have been sent as well.
        self._keys = tuple(
            key.encode(coding, "replace")
            for key in settings.api_keys
            for coding in ("utf-8", "latin-1")
        )
        self._proxies = settings.trusted_proxies
        self._by_address = Limiter(settings.rate_per_address)
        self._by_session = Limiter(settings.rate_per_session)

    def check_address(self, request: Request) -> None:
        """Count a request from its address; raises TooMany."""
        if self._by_address.counts:
            self._by_address.admit(address_of(request, self._proxies))

    def check_session(self, session: str | None) -> None:
        """Count a request for that session; raises TooMany."""
        if session is not None:
            self._by_session.admit(session)

    def charge(self, request: Request, session: str | None, images: int) -> None:
        """Count the images of a request beyond its first, whose token was taken at the door."""
        if self._by_address.counts:
            self._by_address.charge(address_of(request, self._proxies), images - 1)
        if session is not None:
            self._by_session.charge(session, images - 1)

    def check_key(self, request: Request) -> None:
        """Raises Unauthorised unless a key is sent, or none is asked for."""
        if not self._keys:
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else ""
        sent = bearer or request.headers.get("X-Api-Key", "")
        # All of them are compared, each in constant time: how long it takes tells nothing.
        found = [hmac.compare_digest(key, sent.encode("latin-1")) for key in self._keys]
        if not any(found):
            got = "another one" if sent else "none"
            raise Unauthorised(f"Authorization: expected Bearer and an API key, got {got}")


def address_of(request: Request, proxies: int) -> str:
    """Who asks, as the nearest of so many trusted proxies saw it; of IPv6 the site.

    Each proxy appends the address it was called from to X-Forwarded-For, so with n trusted ones the
    last n entries are true, and whatever stands before them is the client's own invention.
    """
    import ipaddress

    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    hops = [hop.strip() for hop in forwarded.split(",")] if forwarded else []
    trusted = 0 < proxies <= len(hops)
    address = hops[-proxies] if trusted else _peer(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((int(parsed), _IPV6_SITE), strict=False))
    return str(parsed)


def _peer(request: Request) -> str:
    """Return the address at the other end of the connection."""
    return "" if request.client is None else request.client.host


def check_head(request: Request) -> None:
    """Raise MalformedRequest for a head that HTTP/1.1 forbids and the server lets through."""
    hosts = len(request.headers.getlist("host"))
    if hosts > 1 or not hosts and request.scope["http_version"] == "1.1":
        raise MalformedRequest(f"Host: expected one, got {hosts or 'none'}", field="Host")
    expected = request.headers.get("expect", "100-continue")
    if expected.lower() != "100-continue":
        got = quoted(expected)
        raise MalformedRequest(f"Expect: expected 100-continue, got {got}", field="Expect")
