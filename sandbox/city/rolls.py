"""The four rolls of a night, as the bureaus hold them."""

from datetime import date

import pyarrow as pa

from sandbox.city import assistance, coverage, days, enrolment, registry
from sandbox.city.model import City


def project(city: City, as_of: date) -> dict[str, pa.Table]:
    """The rolls `enrolment`, `coverage`, `registry` and `assistance` at the end of a day.

    All values are texts; an unknown value is an empty text. Raises ValueError for a day after the
    city's last night, which has not been lived.
    """
    day = days.number(as_of)
    if day > city.span.last:
        raise ValueError(f"{as_of} is after the last night of this city; live it with that night")
    return {
        "enrolment": enrolment.project(city, day),
        "coverage": coverage.project(city, day),
        "registry": registry.project(city, day),
        "assistance": assistance.project(city, day),
    }
