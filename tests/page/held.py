"""Requests of a page that wait until a test releases them."""

from collections.abc import Callable

from playwright.sync_api import APIResponse, Page, Request, Route


class Held:
    """Holds the page's requests to an address, until they are released for good."""

    def __init__(
        self, page: Page, url: str, which: Callable[[Request], bool] = lambda request: True
    ) -> None:
        """Hold the requests for which `which` is true."""
        self._which = which
        self._routes: list[Route] = []
        self._answers: dict[Route, APIResponse] = {}
        self._released = False
        page.route(url, self._hold)

    def __len__(self) -> int:
        return len(self._routes)

    def fetch(self) -> None:
        """Get the answers to the held requests, to be delivered when they are released."""
        self._answers = {route: route.fetch() for route in self._routes}

    def release(self) -> None:
        """Let the held requests continue, and all later ones pass."""
        self._released = True
        for route in [*self._routes]:
            if route in self._answers:
                route.fulfill(response=self._answers[route])
            else:
                route.continue_()

    def _hold(self, route: Route) -> None:
        if self._released or not self._which(route.request):
            route.continue_()
        else:
            self._routes.append(route)
