"""Files of a city: rolls, truth, keys, people, CSV; and the command that writes them."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from city_support import LAST, NIGHTS, city, roll

from sandbox.city import command, oracle
from sandbox.city.write import people, write_city, write_csv


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("written") / "city"
    write_city(city(1000, 1), out, NIGHTS)
    return out


def test_every_stated_file_is_there(folder: Path) -> None:
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    periods = ("2026-09", "2026-10", "2026-11")
    names = ("enrolment", "coverage", "registry", "assistance")
    assert files == {
        "city.json", "people.parquet", "truth/keys.parquet",
        *(f"truth/{period}.parquet" for period in periods),
        *(f"truth/{period}.outcomes.parquet" for period in periods),
        *(f"rolls/{period}/{name}.parquet" for period in periods for name in names),
    }  # fmt: skip


def test_truth_is_the_oracles(folder: Path) -> None:
    written = pq.read_table(folder / "truth" / "2026-11.parquet")
    assert written.equals(oracle.truth(city(1000, 1), LAST, NIGHTS[:-1]))
    every = pq.read_table(folder / "truth" / "2026-11.outcomes.parquet")
    assert every.equals(oracle.outcomes(city(1000, 1), LAST, NIGHTS[:-1]))
    first = pq.read_table(folder / "truth" / "2026-09.parquet")
    assert first.equals(oracle.truth(city(1000, 1), NIGHTS[0], ()))


def test_the_description_counts_what_was_written(folder: Path) -> None:
    told = json.loads((folder / "city.json").read_text("utf-8"))
    assert told["nights"] == [night.isoformat() for night in NIGHTS]
    assert told["faults"] == "default"
    for period, counts in told["counts"].items():
        for name in ("enrolment", "coverage", "registry", "assistance"):
            rows = pq.read_table(folder / "rolls" / period / f"{name}.parquet").num_rows
            assert counts[name] == rows
        found = pq.read_table(folder / "truth" / f"{period}.parquet").num_rows
        assert found == sum(n for key, n in counts.items() if key[3:4] == "-")


def test_people_hold_every_true_name_and_number() -> None:
    known = people(city(5000, faults="none")).to_pylist()
    names = {row["value"] for row in known if row["kind"] == "name"}
    numbers = {row["value"] for row in known if row["kind"] == "number"}
    for name, columns in {
        "enrolment": ("xm", "jhrxm"), "coverage": ("psn_name",),
        "registry": ("姓名", "监护人姓名"), "assistance": ("姓名", "户主姓名"),
    }.items():  # fmt: skip
        for column in columns:
            shown = set(roll(5000, name, faults="none")[column].to_pylist())
            assert shown - names <= {"安禾市儿童福利院"}
    shown = set(roll(5000, "assistance", faults="none")["身份证号"].to_pylist())
    assert shown - numbers <= {""}
    assert len(known) == len(names) + len(numbers)


AWKWARD = pa.table({
    "姓名": ['王"䶮', "𬭎,子", "阿依古丽·买买提", "a\nb", "", "\ue81e\u9fb4"],
    "x": ["1", "", " ", "'2", "５", "6"],
})  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("rows", [6, 2, 0])
def test_csv_reads_back_as_written(tmp_path: Path, encoding: str, rows: int) -> None:
    path, table = tmp_path / "roll.csv", AWKWARD.slice(0, rows)
    write_csv(table, path, encoding)
    assert _read(path.read_bytes().decode(encoding)).equals(table)
    assert path.read_bytes().count(b"\r") == 0


def test_long_csv_has_one_heading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.city.write._BLOCK", 100)
    table = roll(5000, "registry")
    write_csv(table, tmp_path / "roll.csv", "gb18030")
    text = (tmp_path / "roll.csv").read_bytes().decode("gb18030")
    assert text.count("档案编号") == 1
    assert _read(text).equals(table)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="utf-8 or gb18030"):
        write_csv(AWKWARD, tmp_path / "roll.csv", "big5")


def test_two_nights_in_a_month_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one month"):
        write_city(city(1000, 1), tmp_path, (NIGHTS[0], NIGHTS[0]))


def test_command_writes_and_sums_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = command.argparse.ArgumentParser()
    command.add_arguments(parser)
    options = parser.parse_args(
        ["--children", "1000", "--out", str(tmp_path / "c"), "--nights", "2026-11-16"]
    )
    assert command.run(options) == 0
    shown = capsys.readouterr().out
    assert "1000 children" in shown
    assert shown.count("2026-11") == 1
    assert (tmp_path / "c" / "rolls" / "2026-11" / "registry.parquet").is_file()


def test_command_refuses_what_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = command.argparse.ArgumentParser()
    command.add_arguments(parser)
    options = parser.parse_args(["--children", "10", "--out", str(tmp_path)])
    assert command.run(options) == 2
    assert "at least 1000" in capsys.readouterr().out


def _read(text: str) -> pa.Table:
    return pa_csv.read_csv(
        pa.BufferReader(text.encode()),
        parse_options=pa_csv.ParseOptions(newlines_in_values=True),
        convert_options=pa_csv.ConvertOptions(
            strings_can_be_null=False, column_types=dict.fromkeys(_names(text), pa.string())
        ),
    )


def _names(text: str) -> list[str]:
    return [part.strip('"') for part in text.split("\n", 1)[0].split(",")]
