"""A front-end table (库表): sealed pages, one a row, and a closing row that ends a delivery.

    CREATE TABLE cwg_out (
        delivery VARCHAR(64) NOT NULL,      -- any text that grows with time; it is not trusted
        part     INTEGER     NOT NULL,      -- 1, 2, … within the delivery
        closing  INTEGER     NOT NULL,      -- 1 on the last row, else 0
        sealed   BLOB        NOT NULL,      -- a sealed file: one page
        PRIMARY KEY (delivery, part)
    )

`closing` only tells that the writer has finished. That the pages are all there, in order and
unchanged, the signed closing statement inside the last sealed page says.
"""

import io
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import (
    URL,
    Column,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from gateway.model.errors import PeerRefused, Unreachable, UsageError
from gateway.transport.folder import nowhere
from gateway.transport.kingbase import know_kingbase
from gateway.transport.place import MOST_PARCELS, Parcel

COLUMNS = ("delivery", "part", "closing", "sealed")
MOST_PARTS = 20_000
"""Pages of one delivery; paging by calls has the same bound."""
_SLICE = 64
"""Pages read by one statement: a bureau's database must not hold one open for as long as a roll takes."""


@dataclass(frozen=True, slots=True)
class TableSettings:
    """`url` is an SQLAlchemy URL without its password, which stands alone in `password_file`."""

    url: str
    pick_up: str
    hand_over: str = ""
    password_file: Path | None = None


class FrontTable:
    """Satisfies gateway.transport.place.Place. One sealed page is in memory at a time, none on disk."""

    def __init__(self, settings: TableSettings) -> None:
        self._settings = settings
        self._url = _url(settings)
        self._engine: Engine | None = None
        of = front_table(settings.pick_up)
        mine = of.c.delivery == bindparam("delivery")
        within = of.c.part.between(bindparam("first"), bindparam("last"))
        self._pages = select(of.c.part, of.c.sealed).where(mine, within).order_by(of.c.part)

    @property
    def where(self) -> str:
        """Database and table, without the password."""
        return f"{self._url.render_as_string(hide_password=True)} {self._settings.pick_up}"

    def close(self) -> None:
        """Close the connections."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def parcels(self) -> Iterator[Parcel]:
        """Deliveries whose closing row stands there, newest first."""
        of = front_table(self._settings.pick_up)
        ended = (
            select(of.c.delivery, of.c.part)
            .where(of.c.closing == 1, of.c.part <= MOST_PARTS)
            .order_by(of.c.delivery.desc())
            .limit(MOST_PARCELS)
        )
        with self._failing(self._settings.pick_up) as engine, engine.connect() as c:
            found = c.execute(ended).all()
        for delivery, parts in found:
            yield Parcel(delivery, tuple(f"{n} {delivery}" for n in range(1, parts + 1)))

    @contextmanager
    def head(self, part: str) -> Iterator[BinaryIO]:
        """The page; a page is small enough to be read whole."""
        number, _, delivery = part.partition(" ")
        with closing(self._read(delivery, int(number), int(number))) as pages:
            yield next(pages)

    def each(self, parcel: Parcel) -> Generator[BinaryIO, None, None]:
        """The sealed pages in their order, read by few statements, each a row at a time."""
        last = len(parcel.parts)
        for first in range(1, last + 1, _SLICE):
            yield from self._read(parcel.name, first, min(first + _SLICE - 1, last))

    def _read(self, delivery: str, first: int, last: int) -> Generator[BinaryIO, None, None]:
        """Pages `first` to `last`. Raises FileNotFoundError when one is not there (any more)."""
        asked = {"delivery": delivery, "first": first, "last": last}
        wanted = first
        with self._failing(self._settings.pick_up) as engine, engine.connect() as c:
            for number, sealed in c.execution_options(yield_per=1).execute(self._pages, asked):
                if number != wanted:
                    break
                yield io.BytesIO(sealed)
                wanted += 1
        if wanted <= last:
            raise FileNotFoundError(str(wanted))

    def put(self, sealed: Path) -> None:
        """Write a sealed file of ours as a delivery of one row."""
        if not self._settings.hand_over:
            raise nowhere(self.where)
        row = {"delivery": sealed.stem, "part": 1, "closing": 1, "sealed": sealed.read_bytes()}
        with self._failing(self._settings.hand_over) as engine, engine.begin() as c:
            c.execute(insert(front_table(self._settings.hand_over)).values(row))

    @contextmanager
    def _failing(self, name: str) -> Iterator[Engine]:
        try:
            if self._engine is None:
                self._engine = create_engine(self._url, pool_pre_ping=True)
            yield self._engine
        except (SQLAlchemyError, OSError) as error:
            raise self._why(name, error) from None

    def _why(self, name: str, error: Exception) -> Unreachable | PeerRefused:
        missing = self._missing(name)
        if missing:
            return PeerRefused(
                f"the front-end table lacks {', '.join(missing)}",
                where=f"{self.where.partition(' ')[0]} {name}",
                mend="ask the bureau to put the table back as docs/site.md shows it",
            )
        return Unreachable(
            f"the front-end database did not answer ({type(error).__name__})",
            where=self.where,
            mend="is it up, and are URL and account in sources/*.yaml right?",
        )

    def _missing(self, name: str) -> list[str]:
        try:
            if self._engine is None:
                return []
            inspector = inspect(self._engine)
            if not inspector.has_table(name):
                return [f"the table {name} itself"]
            there = {column["name"].lower() for column in inspector.get_columns(name)}
        except (SQLAlchemyError, OSError):
            return []
        return [f"column {column}" for column in COLUMNS if column not in there]


def front_table(name: str) -> Table:
    """The front-end table of that name, for reading, writing and (in tests) making it."""
    return Table(
        name, MetaData(),
        Column("delivery", String(64), primary_key=True),
        Column("part", Integer, primary_key=True, autoincrement=False),
        Column("closing", Integer, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    )  # fmt: skip


def _url(settings: TableSettings) -> URL:
    know_kingbase()
    try:
        url = make_url(settings.url)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise UsageError(
            f"the front-end database's URL cannot be used ({type(error).__name__})",
            where="endpoint.table.url",
            mend="is the driver installed? docs/site.md lists the databases",
        ) from None
    if url.password is not None:
        raise UsageError(
            "a password stands in the front-end database's URL",
            where="endpoint.table.url",
            mend="put it alone into a file (mode 0600) and name that as `password_file`",
        )
    if settings.password_file is None:
        return url
    try:
        return url.set(password=settings.password_file.read_text("utf-8").strip())
    except OSError as error:
        raise UsageError(
            f"the front-end database's password cannot be read ({error.strerror})",
            where=str(settings.password_file),
            mend="let this account read the file, or name another one",
        ) from None
