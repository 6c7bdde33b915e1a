"""How a route answers: with a page for whoever is here, or by sending the browser on."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from gateway.access import Purpose, Role, Session
from gateway.console.language import choose
from gateway.console.pages import Pages, Place
from gateway.console.rooms import Rooms
from gateway.console.sessions import needed


class Answers:
    """Pages and redirects in the reader's language."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._pages = Pages(rooms.time_zone)

    def session(self, request: Request) -> Session:
        """Who is here. Raises LogInFirst."""
        return needed(request, self._rooms.login)

    def page(
        self,
        request: Request,
        name: str,
        values: Mapping[str, object],
        session: Session | None,
        status: int = 200,
    ) -> HTMLResponse:
        """A page of the template `name`."""
        return HTMLResponse(
            self._pages.render(name, self.place(request, name), values, session), status
        )

    def error(self, request: Request, values: Mapping[str, object], status: int) -> HTMLResponse:
        """The error page; the address that failed may hold anything, so its links lead to the start."""
        place = Place("error", "/findings", (), self.place(request, "error").lang)
        return HTMLResponse(self._pages.render("error", place, values), status)

    def on(self, request: Request, path: str, **query: str) -> RedirectResponse:
        """Send the browser on after a form."""
        lang = self.place(request, "").lang
        return RedirectResponse(f"{path}?{urlencode({**query, 'lang': lang})}", 303)

    def place(self, request: Request, name: str) -> Place:
        """Where the reader is."""
        accept = request.headers.get("accept-language", "")
        lang = choose(request.query_params.get("lang", ""), accept)
        return Place(name, request.url.path, tuple(request.query_params.multi_items()), lang)


def purpose_of(session: Session) -> Purpose:
    """Why this person reads: follows from the role, so that nobody has to choose it a hundred times a day."""
    if Role.CHILD_PROTECTION in session.user.roles:
        return Purpose.PROTECTION
    if Role.SUPERVISOR in session.user.roles:
        return Purpose.SUPERVISION
    return Purpose.CASEWORK
