"""How Debian's Chromium is started, and a key pressed in it."""

from playwright.sync_api import Page

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


def press(page: Page, key: str) -> None:
    """Press a key once the page's script is there to hear it: text is shown before scripts run."""
    page.wait_for_load_state()
    page.keyboard.press(key)
