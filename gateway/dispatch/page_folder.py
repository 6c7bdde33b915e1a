"""Pages as files in a folder, for whatever rings the duty phone: no address, no child, no reason."""

import json
from pathlib import Path

from gateway.harm import Page
from gateway.model.errors import Unreachable


class PageFolder:
    """A pager that writes one file a page, whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def page(self, page: Page) -> None:
        """Write the page. Raises Unreachable when the folder cannot be written."""
        body = {"case": page.case, "level": page.level, "at": page.at.isoformat()}
        name = f"{page.case}.{page.at:%Y%m%dT%H%M%S%f}.{page.level}.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial = self._folder / f".{name}.partial"
            partial.write_text(json.dumps(body), encoding="ascii")
            partial.replace(self._folder / name)
        except OSError as error:
            raise Unreachable(
                "a page could not be written", where=str(self._folder), mend="free the folder"
            ) from error
