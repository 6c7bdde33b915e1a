"""Names in Latin letters, without spaces between their parts: the Python twin of latin_level in SQL.

Passports, permits and the names of foreign children. Where the one part ends and the other begins is
not told, and neither is their order: one source writes LINDQVISTANNA and another ANNALINDQVIST.
"""

import re

_LATIN = re.compile(r"[A-Z][A-Z'-]+")
_FAR = 99


def is_latin(name: str) -> bool:
    """Whether a name key is in letters only."""
    return len(name) < 200 and _LATIN.fullmatch(name) is not None


def latin_level(one: str, other: str) -> str:
    """`spelling` (one or two slips, at most a letter in five), `turned` (the parts change places, as few
    slips), `part_missing` (or only its first letter), `letters` (one in three), `part` or `differs`."""
    one, other = sorted((one, other))
    size = max(len(one), len(other))
    apart, turned = slips_between(one, other), _FAR
    if _few(apart, size):
        return "spelling"
    turned = _turned_by(one, other)
    if _few(turned, size):
        return "turned"
    if _part_of(one, other) or _part_of(other, one):
        return "part_missing"
    if min(apart, turned) * 3 <= size:
        return "letters"
    shared = min(len(one), len(other)) >= 4 and (
        other[:4] in one or other[-4:] in one or one[:4] in other or one[-4:] in other
    )
    return "part" if shared else "differs"


def slips_between(one: str, other: str) -> int:
    """Damerau-Levenshtein distance: letters written otherwise, left out, doubled, or two swapped."""
    width = len(other) + 2
    most = len(one) + len(other)
    rows: list[list[int]] = [[most] * width, [most, *range(width - 1)]]
    seen_at: dict[str, int] = {}
    for i, a in enumerate(one, 1):
        row, match = [most, i], 0
        for j, b in enumerate(other, 1):
            back, last = seen_at.get(b, 0), match
            cost = int(a != b)
            match = match if cost else j
            swapped = rows[back][last] + (i - back - 1) + 1 + (j - last - 1)
            row.append(min(rows[i][j] + cost, row[j] + 1, rows[i][j + 1] + 1, swapped))
        rows.append(row)
        seen_at[a] = i
    return rows[-1][-1]


def _few(apart: int, size: int) -> bool:
    return apart <= 2 and apart * 5 <= size


def _turned_by(one: str, other: str) -> int:
    if other.find(one[:2]) < 1 and one[-2:] not in other[:-1]:
        return _FAR
    turns = range(2, len(other) - 1)
    return min((slips_between(one, other[i:] + other[:i]) for i in turns), default=_FAR)


def _part_of(long: str, short: str) -> bool:
    rest = len(short) - 1
    return rest >= 3 and (
        long.startswith(short)
        or long.endswith(short)
        or (long[:1] == short[:1] and long[-rest:] == short[1:])
        or (long[:1] == short[-1:] and long[-rest:] == short[:-1])
        or (long.startswith(short[1:]) and long[rest : rest + 1] == short[:1])
    )
