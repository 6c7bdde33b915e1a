"""How a clerk's slip looks: single texts, spoiled one by one. Each takes a whole number of chance."""

from collections.abc import Callable, Mapping

from sandbox.city import names, numbers

NULL_WORDS = ("", "", "", "", "无", "/", "-", "不详")
"""What stands in an empty field."""
_FULL_WIDTH = {48 + d: 0xFF10 + d for d in range(10)} | {ord("X"): "Ｘ"}
_SPACES = (" ", "  ", "\u3000", "\u200b")


def null_word(choice: int) -> str:
    """One of the words for nothing."""
    return NULL_WORDS[choice % len(NULL_WORDS)]


def typo(number: str, choice: int) -> str:
    """One of the first 17 digits wrong; the check character never fits any more."""
    at = choice % 17
    wrong = (int(number[at]) + 1 + choice // 17 % 9) % 10
    return f"{number[:at]}{wrong}{number[at + 1 :]}"


def transposed(number: str, choice: int) -> str:
    """Two unlike neighbouring digits exchanged."""
    for step in range(16):
        at = (choice + step) % 16
        if number[at] != number[at + 1]:
            return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return typo(number, choice)


def fifteen(number: str, _: int) -> str:
    """The old form without century and check character."""
    return number[:6] + number[8:17]


def student(number: str, _: int) -> str:
    """The student number in the resident number's place."""
    return "G" + number


def temporary(number: str, choice: int) -> str:
    """A number made up by a counter clerk: area, birth date, four digits that do not check."""
    made = number[:14] + f"{choice % 10000:04d}"
    if numbers.valid(made):
        made = made[:17] + str((int(made[17]) + 1) % 10)
    return made


def scientific(number: str, _: int) -> str:
    """What a spreadsheet leaves of it."""
    return f"{number[0]}.{number[1:6]}E+17"


NUMBER: Mapping[str, Callable[[str, int], str]] = {
    "number_typo": typo,
    "number_transposed": transposed,
    "number_fifteen": fifteen,
    "number_student": student,
    "number_temporary": temporary,
    "number_scientific": scientific,
}


def quoted(text: str, _: int) -> str:
    """A leading apostrophe, as spreadsheets want it."""
    return "'" + text


def full_width(text: str, _: int) -> str:
    """Full-width digits."""
    return text.translate(_FULL_WIDTH)


def spaced(text: str, choice: int) -> str:
    """Blanks behind."""
    return text + _SPACES[choice % len(_SPACES)]


DRESS: Mapping[str, Callable[[str, int], str]] = {
    "quoted": quoted,
    "full_width": full_width,
    "spaces": spaced,
}


def homophone(name: str, choice: int) -> str:
    """One character written as another of the same sound."""
    return names.replaced(name, names.HOMOPHONE, choice)


def lookalike(name: str, choice: int) -> str:
    """One character written as another of similar shape."""
    return names.replaced(name, names.LOOKALIKE, choice)


def dropped(name: str, choice: int) -> str:
    """One character of the given name lost."""
    at = 1 + choice % 2
    return name[:at] + name[at + 1 :] if len(name) > 2 else name


def other_dot(name: str, choice: int) -> str:
    """Another code point for the dot, or none."""
    return name.replace("·", names.DOTS[choice % len(names.DOTS)])


def renamed(name: str, choice: int) -> str:
    """Another given name."""
    if "·" in name:
        return name
    return name[0] + names.GIVEN[choice % names.PLAIN_GIVEN]


NAME: Mapping[str, Callable[[str, int], str]] = {
    "name_homophone": homophone,
    "name_lookalike": lookalike,
    "name_changed": renamed,
    "name_dropped": dropped,
}
