"""The list of commands is there at once, and every command of it is."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from gateway.cli.later import Later, Listed
from gateway.cli.main import COMMANDS, app

HEAVY = ("duckdb", "sqlalchemy", "fastapi", "pyarrow", "zeep", "gateway.wiring")


def test_the_list_imports_no_command() -> None:
    code = f"import sys, gateway.cli.main; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("listed", COMMANDS, ids=[one.name for one in COMMANDS])
def test_a_command_is_where_the_list_says_and_tells_its_use(listed: Listed) -> None:
    assert Later(listed).load().name == listed.name
    done = CliRunner().invoke(app, [listed.name, "--help"])
    assert done.exit_code == 0 and f"{listed.name} [OPTIONS]" in done.stdout


def test_a_slip_of_the_pen_is_answered_with_the_name() -> None:
    done = CliRunner().invoke(app, ["sorce"])
    assert done.exit_code == 2 and "'source'" in done.output
