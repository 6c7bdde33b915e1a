"""Every operation of the document: a good request gets its 2xx, and no drawn one an undocumented answer.

`CWG_CASES=2000 pytest tests/api/test_api_schemathesis.py` draws so many for each (`make fuzz-api`).
"""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from api_kit import BOTH, bearer
from drawn_kit import CASES, CHECKS, GOOD, OPERATIONS, drawn_site
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("drawn")
    with drawn_site(folder, {"bureau": {"purposes": BOTH}}) as (_, opened):
        opened.headers.update(bearer(opened, "bureau"))
        yield opened


def test_every_operation_has_a_good_request_here() -> None:
    assert set(GOOD) == set(OPERATIONS)


@pytest.mark.parametrize("name", GOOD)
def test_a_good_request_gets_its_2xx(http: httpx.Client, name: str) -> None:
    path, made = GOOD[name]
    answer = http.request(name.split()[0], path, **made())
    assert answer.is_success, answer.text
    OPERATIONS[name].schema[OPERATIONS[name].path][name.split()[0]].validate_response(answer)


DRAWN = [
    (name, mode)
    for name in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # An operation that takes nothing cannot be asked wrongly.
    if mode is GenerationMode.POSITIVE or not name.startswith("GET /-/")
]


@pytest.mark.parametrize(("name", "mode"), DRAWN)
def test_no_drawn_request_gets_an_undocumented_answer(
    http: httpx.Client, name: str, mode: GenerationMode
) -> None:
    base, headers = str(http.base_url), {"authorization": http.headers["authorization"]}

    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=CASES <= 100,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=OPERATIONS[name].as_strategy(generation_mode=mode))
    def drawn(case: Any) -> None:
        case.call_and_validate(base_url=base, headers=headers, checks=CHECKS)

    drawn()
