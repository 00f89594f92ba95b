"""Requests of a page that wait until a test releases them."""

from playwright.sync_api import Page, Request, Route


class Held:
    """Holds the page's requests to an address, also those that come while others are released."""

    def __init__(self, page: Page, url: str) -> None:
        self._routes: list[Route] = []
        self._released = False
        page.route(url, self._hold)

    def __len__(self) -> int:
        return len(self._routes)

    @property
    def requests(self) -> list[Request]:
        """Return the requests that were held, the oldest first."""
        return [route.request for route in self._routes]

    def release(self) -> None:
        """Let all requests continue, from now on."""
        self._released = True
        for route in [*self._routes]:
            route.continue_()

    def _hold(self, route: Route) -> None:
        if self._released:
            route.continue_()
        else:
            self._routes.append(route)
