"""A page that somebody has open costs the server nothing: no object of it outlives its answer."""

import gc

import httpx
from online_seed import key

WARM, PAGES = 6, 30
PATHS = ("/findings", f"/findings/{key('edu')}", "/overview")
FEW = 20
"""Objects a page may leave behind, for caches that fill; a page's own values are thousands."""


def _ask(client: httpx.Client, count: int) -> None:
    for n in range(count):
        assert client.get(PATHS[n % len(PATHS)]).status_code == 200


def test_the_server_keeps_nothing_of_an_open_page(client: httpx.Client) -> None:
    _ask(client, WARM)
    gc.collect()
    before = len(gc.get_objects())
    _ask(client, PAGES)
    gc.collect()
    assert len(gc.get_objects()) - before < FEW * PAGES
