"""The files that `cwg init` writes: a site ready to be filled in."""

from pathlib import Path

SITE = """\
# One deployment of the gateway. Every path is inside this folder. See docs/site.md.
[site]
name = "{name}"
division = "{division}"
counties = [{counties}]
time_zone = "Asia/Shanghai"
{as_of}
[store]
url = "sqlite:///var/gateway.db"        # or postgresql+psycopg://user@host/database

[night]
spill_dir = "/dev/shm"                  # RAM-backed; or a folder on an encrypted volume, then
spill_encrypted = false                 # set this to true to say that you vouch for it
memory_limit = "1GB"

[calendar]
stages = "6-3"
payment_day = 10
"""

HOLIDAYS = """\
day,working
2026-10-01,no
2026-10-02,no
2026-10-05,no
2026-10-06,no
2026-10-07,no
"""

FOLDERS = ("sources", "mappings", "policy", "keys", "partners", "inbox", "outbox", "var")


def write_site(
    folder: Path, name: str, division: str, counties: tuple[str, ...], as_of: str = ""
) -> None:
    """Write `site.toml`, `holidays.csv` and the empty folders of a new site."""
    for part in FOLDERS:
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "keys").chmod(0o700)
    (folder / "var").chmod(0o700)
    text = SITE.format(
        name=name,
        division=division,
        counties=", ".join(f'"{c}"' for c in counties),
        as_of=f"as_of = {as_of}          # a demo: nights end on this day\n" if as_of else "",
    )
    (folder / "site.toml").write_text(text, encoding="utf-8")
    (folder / "holidays.csv").write_text(HOLIDAYS, encoding="utf-8")
