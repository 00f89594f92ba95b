"""Access control: API keys, and rate limits by address and by session."""

import hmac

from starlette.requests import Request

from digitreader.errors import MalformedRequest, Unauthorised
from digitreader.http.fields import quoted
from digitreader.http.rate_limit import Limiter
from digitreader.settings import Settings

MOST_PARAMETERS = 32
_IPV6_SITE = 64  # prefix length of a site, which may choose the other bits at will


class Access:
    """Checks of a request's API key and rate limits."""

    def __init__(self, settings: Settings) -> None:
        """Read keys, limits and the number of trusted proxies from the settings."""
        # A header is decoded as Latin-1; clients encode keys as UTF-8 or Latin-1.
        self._keys = tuple(
            key.encode(coding, "replace")
            for key in settings.api_keys
            for coding in ("utf-8", "latin-1")
        )
        self._proxies = settings.trusted_proxies
        self._by_address = Limiter(settings.rate_per_address)
        self._by_session = Limiter(settings.rate_per_session)

    def check_address(self, request: Request) -> None:
        """Take a token for the request's address; raise TooMany if there is none."""
        if self._by_address.counts:
            self._by_address.admit(address_of(request, self._proxies))

    def check_session(self, session: str | None) -> None:
        """Take a token for the session; raise TooMany if there is none."""
        if session is not None:
            self._by_session.admit(session)

    def charge(self, request: Request, session: str | None, images: int) -> None:
        """Take a token for each image but the first, whose token the checks have taken."""
        if self._by_address.counts:
            self._by_address.charge(address_of(request, self._proxies), images - 1)
        if session is not None:
            self._by_session.charge(session, images - 1)

    def check_key(self, request: Request) -> None:
        """Raise Unauthorised unless the request has a valid key or none is required."""
        if not self._keys:
            return
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        bearer = token.strip() if scheme.lower() == "bearer" else ""
        sent = bearer or request.headers.get("X-Api-Key", "")
        # Compare every key in constant time, so that the duration reveals nothing.
        found = [hmac.compare_digest(key, sent.encode("latin-1")) for key in self._keys]
        if not any(found):
            got = "an unknown key" if sent else "none"
            raise Unauthorised(f"Authorization: expected Bearer and an API key, got {got}")


def address_of(request: Request, proxies: int) -> str:
    """Return the client's address; of an IPv6 address, only the /64 prefix.

    Each proxy appends the address of its caller to X-Forwarded-For. With n trusted proxies, the
    last n entries are reliable; a client may forge the others.

    Args:
        request: The request.
        proxies: Number of trusted proxies in front of the function.
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
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:  # the peer of a socket that accepts both versions
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), _IPV6_SITE), strict=False))
    return str(parsed)


def _peer(request: Request) -> str:
    """Return the address of the connection's peer."""
    return "" if request.client is None else request.client.host


def check_head(request: Request) -> None:
    """Raise MalformedRequest for headers that HTTP/1.1 forbids, and for many parameters."""
    hosts = len(request.headers.getlist("host"))
    if hosts > 1 or not hosts and request.scope["http_version"] == "1.1":
        raise MalformedRequest(f"Host: expected one header, got {hosts or 'none'}", field="Host")
    expected = request.headers.get("expect", "100-continue")
    if expected.lower() != "100-continue":
        got = quoted(expected)
        raise MalformedRequest(f"Expect: expected 100-continue, got {got}", field="Expect")
    parameters = request.scope["query_string"].count(b"&") + 1
    if parameters > MOST_PARAMETERS:
        raise MalformedRequest(
            f"query: expected at most {MOST_PARAMETERS} parameters, got {parameters}"
        )
