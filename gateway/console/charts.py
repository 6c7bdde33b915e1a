"""Charts as inline SVG: drawn here, without a script; a table with the same numbers stands beside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

WIDTH, HEIGHT = 640, 160
_LEFT, _BOTTOM = 46, 18


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: a name for its class, and a value per day."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over the same days, oldest first."""

    days: tuple[date, ...]
    lines: tuple[Line, ...]

    def svg(self) -> Markup:
        """The picture; hidden from readers of the table."""
        top = max((v for line in self.lines for v in line.values), default=0) or 1
        paths = Markup("").join(
            Markup('<polyline class="line {}" points="{}"/>').format(
                line.name, _points(line.values, top)
            )
            for line in self.lines
        )
        scale = Markup(
            '<path class="axis" d="M{0} 4V{1}H{2}"/><text x="{3}" y="12">{4}</text>'
            '<text x="{3}" y="{1}">0</text>'
        ).format(_LEFT, HEIGHT - _BOTTOM, WIDTH, _LEFT - 6, f"{top:,}")
        ends = Markup("")
        if self.days:
            ends = Markup(
                '<text class="day" x="{}" y="{}">{}</text><text x="{}" y="{}">{}</text>'
            ).format(_LEFT, HEIGHT - 4, self.days[0], WIDTH, HEIGHT - 4, self.days[-1])
        return Markup(
            '<svg class="lines" viewBox="0 0 {} {}" aria-hidden="true">{}{}{}</svg>'
        ).format(WIDTH, HEIGHT, scale, paths, ends)


def _points(values: Sequence[int], top: int) -> str:
    wide, high = WIDTH - _LEFT - 4, HEIGHT - _BOTTOM - 8
    step = wide / max(len(values) - 1, 1)
    return " ".join(
        f"{_LEFT + n * step:.1f},{HEIGHT - _BOTTOM - v / top * high:.1f}"
        for n, v in enumerate(values)
    )
