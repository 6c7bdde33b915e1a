"""What an engine spills is closed to others and does not outlive a crash."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from gateway.engine import Engine, EngineSettings
from gateway.engine.spill import PREFIX, SpillFolder, sweep

ROOT = Path(__file__).resolve().parents[2]
SPILLS = """
import os, signal, sys, threading, time
from pathlib import Path
from gateway.engine import Engine, EngineSettings

root = Path(sys.argv[1])

def watch():
    while not [p for p in root.rglob("*") if p.is_file() and p.stat().st_size]:
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

threading.Thread(target=watch, daemon=True).start()
with Engine(EngineSettings(root, "60MB", 1)) as engine:
    engine.run("CREATE TABLE a AS SELECT i, md5(CAST(i AS VARCHAR)) AS m FROM range(5000000) AS t(i)")
    engine.run("CREATE TABLE b AS SELECT * FROM a ORDER BY m")
"""


def test_an_engine_spills_into_a_closed_folder_and_takes_it_away(tmp_path: Path) -> None:
    engine = Engine(EngineSettings(tmp_path / "spill", "200MB", 1))
    (folder,) = (tmp_path / "spill").iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert engine.value("SELECT current_setting('temp_directory')") == str(folder)
    engine.close()
    engine.close()
    assert list((tmp_path / "spill").iterdir()) == []


def test_what_a_killed_engine_spilled_is_swept_by_the_next(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", SPILLS, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert [p for p in left.iterdir() if p.stat().st_size], "it did spill"
    with Engine(EngineSettings(tmp_path, "200MB", 1)):
        assert left not in tmp_path.iterdir()
    assert list(tmp_path.iterdir()) == []


def test_a_living_engine_is_left_alone_and_so_is_what_is_not_an_engine(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "target").mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(tmp_path / "target")
    living = SpillFolder(tmp_path)
    (tmp_path / f"{PREFIX}dead").mkdir()
    assert sweep(tmp_path) == 1
    assert living.path.is_dir()
    assert {p.name for p in tmp_path.iterdir()} == {
        "other", "target", f"{PREFIX}link", living.path.name,
    }  # fmt: skip
    living.remove()
