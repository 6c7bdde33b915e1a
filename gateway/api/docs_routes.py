"""Pages that show the API's document (Swagger UI), every file of them from this machine."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from gateway.api.problems import problem
from gateway.api.rooms import V1
from gateway.model.errors import SpecError

PAGE = """<!doctype html>
<html lang="zh">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>系统接口 · API</title>
<link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/api/v1/docs/swagger-ui-bundle.js"></script>
<script src="/api/v1/docs/start.js"></script>
</body>
</html>
"""

START = """SwaggerUIBundle({
  url: "/api/v1/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  // Its validator would send our document to a server of others.
  validatorUrl: null,
});
"""

_KINDS = {"css": "text/css", "js": "text/javascript"}


def routes() -> APIRouter:
    """The routes of this file; none of them is in the document."""
    made = APIRouter(prefix=f"{V1}/docs", include_in_schema=False)
    assets = _assets()

    @made.get("")
    def page() -> Response:
        """The page."""
        return Response(PAGE, media_type="text/html")

    @made.get("/{name}")
    def asset(name: Annotated[str, Path(max_length=64)]) -> Response:
        """One of its files."""
        found = assets.get(name)
        if found is None:
            return problem(404, "not-found")
        return Response(found, media_type=_KINDS[name.rpartition(".")[2]])

    return made


def _assets() -> Mapping[str, bytes]:
    # The wheel's own Python is for other frameworks, and is not imported: only its files are read.
    found = find_spec("swagger_ui")
    if found is None or not found.submodule_search_locations:
        raise SpecError(
            "the files of Swagger UI are not installed", where="swagger-ui-py", mend="make setup"
        )
    folder = FilePath(found.submodule_search_locations[0]) / "static"
    names = ("swagger-ui.css", "swagger-ui-bundle.js")
    return {name: (folder / name).read_bytes() for name in names} | {"start.js": START.encode()}
