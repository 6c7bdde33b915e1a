"""Where the night's tables may spill: RAM, or a volume that the administrator declares encrypted."""

from pathlib import Path

from gateway.model.errors import SpillUnsafe

RAM = ("tmpfs", "ramfs")


def check_spill(folder: Path, *, declared_encrypted: bool) -> None:
    """Raises SpillUnsafe when opened rolls could reach a disk in the clear, or nowhere to spill."""
    if not folder.is_dir():
        raise SpillUnsafe(
            "the spill folder does not exist",
            where=str(folder),
            mend="name a RAM-backed folder such as /dev/shm as night.spill_dir in site.toml",
        )
    if not declared_encrypted and file_system(folder) not in RAM:
        raise SpillUnsafe(
            "the spill folder is on a disk that nobody has declared encrypted",
            where=str(folder),
            mend="name a RAM-backed folder, or set night.spill_encrypted when the volume is encrypted",
        )


def file_system(folder: Path) -> str:
    """The type of the file system that a folder is on; empty when the system does not tell."""
    mounts = Path("/proc/self/mounts")
    if not mounts.is_file():
        return ""
    found, best = "", -1
    for line in mounts.read_text(encoding="utf-8").splitlines():
        _, point, kind, *_ = line.split(" ")
        place = Path(point.replace("\\040", " "))
        if folder.resolve().is_relative_to(place) and len(place.parts) >= best:
            found, best = kind, len(place.parts)
    return found
