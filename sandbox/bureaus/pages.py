"""A roll handed out page by page, and the closing statement on the last one."""

import os
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

import pyarrow as pa

from sandbox.bureaus.contract import Closing, new_id
from sandbox.bureaus.errors import BusinessRefusal
from sandbox.bureaus.rolls import Roll
from sandbox.bureaus.rows import Tree, grow, pages_root

MAX_PAGE_ROWS = 2000
KEPT_DELIVERIES = 32


@dataclass(slots=True)
class Delivery:
    """One roll being handed out. Salts and roots are kept, so a page asked again has the same root.

    An endless one begins anew after its last page, and never says that a page is the last.
    """

    id: str
    scope: tuple[str, str]
    roll: Roll
    page_rows: int
    endless: bool = False
    salts: dict[int, bytes] = field(default_factory=dict)
    roots: dict[int, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages the delivery has; a roll without rows is one empty page."""
        rows: int = self.roll.table.num_rows
        return max(1, -(-rows // self.page_rows))


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its number from 1, its rows, and the cursor of the next one (empty on the last)."""

    delivery: Delivery
    number: int
    table: pa.Table
    cursor: str

    @property
    def last(self) -> bool:
        """Whether the delivery ends here."""
        return not self.cursor

    def tree(self, rows: list[bytes]) -> Tree:
        """The tree over the page's rows as sent, with the page's own salt."""
        salt = self.delivery.salts.setdefault(self.number, os.urandom(32))
        tree = grow(rows, salt)
        self.delivery.roots[self.number] = tree.root
        return tree

    def closing(self) -> Closing | None:
        """The closing statement on the last page; call after `tree`."""
        if not self.last:
            return None
        delivery, roll = self.delivery, self.delivery.roll
        if len(delivery.roots) != delivery.pages:
            raise BusinessRefusal("pages must be asked in order")
        roots = [delivery.roots[number] for number in range(1, delivery.pages + 1)]
        return Closing(
            roll.stated_rows, delivery.pages, pages_root(roots), roll.scopes, roll.held_scopes
        )


class Deliveries:
    """The deliveries being handed out by one bureau process, the latest few of them."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Delivery] = OrderedDict()
        self._lock = threading.Lock()

    def first(self, roll: Roll, scope: tuple[str, str], page_rows: int) -> Page:
        """Begin a delivery of a roll; `scope` is (period, roll name)."""
        if page_rows < 1:
            raise BusinessRefusal("page size must be 1 or more")
        size = min(page_rows, MAX_PAGE_ROWS)
        delivery = Delivery(new_id(), scope, roll, size, roll.endless)
        with self._lock:
            self._open[delivery.id] = delivery
            while len(self._open) > KEPT_DELIVERIES:
                self._open.popitem(last=False)
        return _page(delivery, 1)

    def next(self, cursor: str, scope: tuple[str, str]) -> Page:
        """The page that a cursor names, in the delivery that it belongs to."""
        delivery_id, _, number = cursor.partition(".")
        delivery = self._open.get(delivery_id)
        if delivery is None or delivery.scope != scope or not number.isdecimal():
            raise BusinessRefusal("cursor not known: begin again with an empty one")
        if int(number) < 1 or (int(number) > delivery.pages and not delivery.endless):
            raise BusinessRefusal("cursor beyond the last page")
        return _page(delivery, int(number))


def _page(delivery: Delivery, number: int) -> Page:
    start = (number - 1) % delivery.pages * delivery.page_rows
    table = delivery.roll.table.slice(start, delivery.page_rows)
    goes_on = delivery.endless or number < delivery.pages
    cursor = f"{delivery.id}.{number + 1}" if goes_on else ""
    return Page(delivery, number, table, cursor)
