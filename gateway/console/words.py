"""Words of the pages, in Chinese and English, room by room. Terms are those of docs/glossary.md."""

from gateway.console.words_admin import ADMIN_WORDS
from gateway.console.words_case import CASE_WORDS
from gateway.console.words_file import FILE_WORDS
from gateway.console.words_frame import FRAME_WORDS
from gateway.console.words_night import NIGHT_WORDS
from gateway.console.words_protection import PROTECTION_WORDS
from gateway.console.words_queue import QUEUE_WORDS
from gateway.console.words_team import TEAM_WORDS
from gateway.specs import Text

PARTS = (
    FRAME_WORDS, QUEUE_WORDS, CASE_WORDS, NIGHT_WORDS,
    FILE_WORDS, PROTECTION_WORDS, TEAM_WORDS, ADMIN_WORDS,
)  # fmt: skip
WORDS: dict[str, Text] = {name: text for part in PARTS for name, text in part.items()}
