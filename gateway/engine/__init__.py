"""Named SQL steps on DuckDB, and snapshots (see README.md)."""

from gateway.engine.engine import Engine, EngineSettings
from gateway.engine.snapshots import Snapshot, SnapshotStore
from gateway.engine.steps import Step, load_step

__all__ = ["Engine", "EngineSettings", "Snapshot", "SnapshotStore", "Step", "load_step"]
