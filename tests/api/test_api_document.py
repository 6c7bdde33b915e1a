"""The OpenAPI document that is committed is the one that is served, and says what a caller needs.

`CWG_WRITE_OPENAPI=1 pytest tests/api/test_api_document.py` writes it anew.
"""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from dci_kit import DOCUMENT as PUBLISHED
from dci_kit import PREFIX as DCI_PREFIX
from dci_kit import dci

from gateway.api.dci_document import dci_document
from gateway.api.form_document import form_document
from gateway.api.form_table import OPERATIONS
from gateway.api.forms import PREFIX, VERSION
from gateway.api.problems import CODES

DOCS = Path(__file__).parents[2] / "docs" / "api"
DOCUMENT = DOCS / "openapi.json"


@pytest.fixture
def served(client: httpx.Client) -> Any:
    return client.get("/api/v1/openapi.json").json()


def test_the_committed_document_is_the_served_one(served: Any) -> None:
    committed("openapi.json", served)


def test_the_forms_document_is_committed_and_has_every_operation() -> None:
    made = form_document(PREFIX, VERSION)
    committed("form.openapi.json", made)
    assert set(made["paths"]) == {f"{PREFIX}/{name}" for name in OPERATIONS}
    first = json.loads(DOCUMENT.read_text("utf-8"))["paths"]
    for path in made["paths"].values():
        method, _, place = path["post"]["x-first-profile"].partition(" ")
        assert method.lower() in first[place]


def test_the_dci_document_is_committed_and_has_every_path() -> None:
    """The paths of the façade are those of the published document and `sync/enrolled`."""
    made = dci_document(DCI_PREFIX, dci().words, "1.0.0")
    committed("dci.openapi.json", made)
    ours = {path for path in PUBLISHED["paths"] if "/on-" not in path and "notify" not in path}
    ours |= {"/registry/sync/enrolled"}
    assert set(made["paths"]) == {DCI_PREFIX + path for path in ours}


def committed(name: str, made: Any) -> None:
    """That a file of docs/api says what the code says."""
    if os.environ.get("CWG_WRITE_OPENAPI"):
        text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True)
        (DOCS / name).write_text(text + "\n", encoding="utf-8")
    assert json.loads((DOCS / name).read_text("utf-8")) == made


def test_every_operation_says_what_it_does_and_how_it_refuses(served: Any) -> None:
    for path, methods in served["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            if path.startswith("/api/") and path != "/api/v1/token":
                assert {"400", "401", "403", "429", "503"} <= set(operation["responses"]), path
                assert operation["security"] == [{"client": []}]


def test_no_field_says_stop_or_pay(served: Any) -> None:
    """The gateway asks questions: nothing that it takes or gives tells anybody to stop or recover."""
    names: set[str] = set()
    for schema in served["components"]["schemas"].values():
        names |= set(schema.get("properties", ()))
        names |= {str(value) for value in schema.get("enum", ())}
    words = ("stop", "pay", "recover", "suspend", "terminate", "punish", "refund")
    assert len(names) > 40
    assert not [name for name in names if any(word in name.lower() for word in words)]


def test_every_problem_is_documented(served: Any) -> None:
    text = (DOCS / "problems.md").read_text("utf-8")
    lines = {line.split("|")[1].strip(" `") for line in text.splitlines() if line.startswith("| `")}
    assert lines == set(CODES)
    assert all(zh and en for zh, en in CODES.values())
