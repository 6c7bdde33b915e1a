"""Pictures of every page for a person to look at: `python tests/browser/looks.py FOLDER [zh|en]`."""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path += [str(Path(__file__).parents[1] / room) for room in (".", "inquiry", "browser")]

from chromium import FLAGS
from playwright.sync_api import sync_playwright
from whole_site import WAYS, whole_site

SCREENS = {"1366": (1366, 768), "1920": (1920, 1080), "phone": (390, 844)}


def main(folder: Path, lang: str) -> None:
    """Write one PNG per page and screen."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play, tempfile.TemporaryDirectory() as at:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with whole_site(browser, Path(at)) as whole:
            for way in WAYS:
                page = whole.page(way.person)
                way.go(page, whole, lang)
                for name, (width, height) in SCREENS.items():
                    page.set_viewport_size({"width": width, "height": height})
                    page.screenshot(path=folder / f"{way.name}-{lang}-{name}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "zh")
