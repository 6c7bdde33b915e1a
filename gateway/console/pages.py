"""Templates, and what every one of them may use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from gateway.access import Act, Role, Session, may
from gateway.console.codes import code
from gateway.console.language import Lang, other
from gateway.console.words import WORDS
from gateway.console.words_audit import action_words
from gateway.specs import Text

ADMIN = (
    ("runs", (Act.RUN_NIGHT, Act.READ_AUDIT)),
    ("site", (Act.PAUSE_SOURCE, Act.MANAGE_KEYS)),
    ("users", (Act.MANAGE_ACCOUNTS,)),
    ("audit", (Act.READ_AUDIT,)),
)
"""Pages of administrators in the menu, each for who may one of the acts."""

_TAGS: dict[Lang, str] = {"zh": "zh-Hans", "en": "en"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader is: the page, its path and query, and the language. Every link keeps the language."""

    page: str
    path: str
    query: tuple[tuple[str, str], ...]
    lang: Lang

    def link(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """A path of the console in the reader's language."""
        return f"{path}?{urlencode({**(query or {}), 'lang': self.lang})}"

    def switch(self) -> str:
        """This very page in the other language."""
        kept = [(name, value) for name, value in self.query if name != "lang"]
        return f"{self.path}?{urlencode([*kept, ('lang', other(self.lang))])}"


class Pages:
    """Renders pages; times are shown in one zone."""

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        self._templates = Environment(
            loader=PackageLoader("gateway.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {
            "both": both, "filled": filled, "number": number, "moment": self._moment,
            "action_words": action_words,
        }  # fmt: skip
        self._templates.globals |= {"code": code, "w": SimpleNamespace(**WORDS)}

    def render(
        self, name: str, place: Place, values: Mapping[str, object], session: Session | None = None
    ) -> str:
        """The HTML of a page; `values` are the template's own, `session` is None before the log-in."""
        shared = {
            "lang": place.lang,
            "here": place.page,
            "reader": session.user.reader.name if session else "",
            "approves": session is not None and Role.SUPERVISOR in session.user.roles,
            "admin": _menu(session),
            "protects": session is not None and Role.CHILD_PROTECTION in session.user.roles,
            "form_token": session.form_token if session else "",
            "switch": place.switch(),
            "url": place.link,
        }
        return self._templates.get_template(f"{name}.html").render(shared | dict(values))

    def _moment(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"


def _menu(session: Session | None) -> list[str]:
    roles = session.user.roles if session else ()
    return [name for name, acts in ADMIN if any(may(roles, act) for act in acts)]


@pass_context
def both(context: Context, text: Text) -> Markup:
    """A text in the reader's language, the other beside it."""
    lang: Lang = context["lang"]
    beside = other(lang)
    first = Markup('<span lang="{}">{}</span>').format(_TAGS[lang], text.of(lang))
    if text.of(beside) == text.of(lang):
        return first
    second = Markup('<span lang="{}" class="beside">{}</span>')
    return first + Markup(" ") + second.format(_TAGS[beside], text.of(beside))


def filled(text: Text, **values: int | str) -> Text:
    """A text with its gaps filled, numbers with their commas."""
    told = {n: number(v) if isinstance(v, int) else v for n, v in values.items()}
    return Text(zh=text.zh.format(**told), en=text.en.format(**told))


def number(value: int | None) -> str:
    """`12,345`; a dash for a number that is not there."""
    return "–" if value is None else f"{value:,}"
