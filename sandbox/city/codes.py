"""Codes that lives are written in: kinds of events, school statuses, categories."""

from enum import IntEnum


class Kind(IntEnum):
    """What an event says. On one day, lower kinds happen first.

    row, a, b hold: school record and school, grade (JOIN); record and grade (GRADE); record, status,
    last day of leave or 0 (STATUS); record (OFF). Coverage: relation and scheme, place (OPEN);
    relation and year (PAID); relation, status and its first day (STATE). Registry: category (ENTRY),
    reason (EXIT), month and amount in fen (BENEFIT). Life: village or −1 for away (MOVE), DEATH.
    A school's monthly report: days of absence, reason (ABSENT; index into REPORTED). A disability that
    is on record: kind and grade (CARD). What a school marks on its roll: bits of FLAG_*, left-behind code
    (FLAG). Of a payment ledger beside BENEFIT: what is paid (row; index into LEDGER), month and amount in
    fen (PAYMENT). What is paid for a family's premium: year and fen (HELPED). A township's visit: 0, or 1
    when it reviewed the file (VISIT). What is recorded of a parent or guardian from a day on: role
    (row; index into ROLES), state (index into KIN_STATES), its last day or 0, or a young guardian's
    birth (KIN).
    What a file lacks, bits of LACKS_*, and the day of an announced exit (FILED). Whether both
    parents are away (AWAY), the agreement on who cares (ENTRUSTED), the return from the street
    (RETURNED). Student aid: month and fen (STUDENT_AID). The insurer's mark: index into MARKS, first
    and last day, 0 for none (MARKED). Rehabilitation (REHABILITATED). Whether a
    pupil boards from lower secondary school on (BOARDS). Households: type and monthly amount in fen
    (AID_BEGIN), AID_STOP.
    """

    MOVE = 1
    DEATH = 2
    STATUS = 3
    JOIN = 4
    GRADE = 5
    OFF = 6
    OPEN = 7
    PAID = 8
    STATE = 9
    ENTRY = 10
    BENEFIT = 11
    EXIT = 12
    AID_BEGIN = 13
    AID_STOP = 14
    ABSENT = 15
    CARD = 16
    FLAG = 17
    PAYMENT = 18
    HELPED = 19
    VISIT = 20
    KIN = 21
    FILED = 22
    AWAY = 23
    ENTRUSTED = 24
    RETURNED = 25
    STUDENT_AID = 26
    MARKED = 27
    REHABILITATED = 28
    BOARDS = 29


class Status(IntEnum):
    """学生当前状态 (XSDQZTM) as far as lives use it."""

    ENROLLED = 1
    LEAVE = 2
    WITHDRAWN = 3
    SUSPENDED = 4
    RETURNED = 5
    DRIFTED = 6
    GRADUATED = 7
    COMPLETED = 8
    UNFINISHED = 9
    TRANSFERRED = 10
    DEAD = 11
    RESERVED = 12
    ABROAD = 13
    EXPELLED = 14
    MISSING = 15
    OTHER = 99


class Cover(IntEnum):
    """Insurance status (psn_insu_stas)."""

    NONE = 0
    ACTIVE = 1
    PAUSED = 2
    VOID = 3
    ENDED = 4


REPORTED = ("疑似辍学", "请假", "其他")
"""Reasons of a school's monthly report."""
SUSPECTED, EXCUSED_LEAVE, UNSAID = range(3)

FLAG_ORPHAN, FLAG_POOR = 1, 2

LEDGER = (
    ("", "补发"), ("", "补差"), ("", "正常发放"), ("困难残疾人生活补贴", "正常发放"),
    ("重度残疾人护理补贴", "正常发放"), ("医疗救助", "正常发放"),
)  # fmt: skip
"""Kinds and natures of payments beside the benefit of every month; no kind: a basic-living benefit."""
ARREARS, TOP_UP, SECOND, LIVING, NURSING, REFUND = range(6)

ROLES = ("父亲", "母亲", "监护人")
"""Of whom the roll of guardians tells."""
THE_FATHER, THE_MOTHER, THE_GUARDIAN = range(3)
KIN_STATES = (
    "健康", "死亡", "宣告失踪", "重病", "重残", "失联", "服刑在押", "强制隔离戒毒", "长期外出打工", "健康",
)  # fmt: skip
"""States of a parent or guardian; the last one is a guardian who is well and under eighteen."""
WELL, DEAD_KIN, MISSING_KIN, ILL, DISABLED_KIN, OUT_OF_REACH, PRISON, DETOX, AT_WORK, YOUNG = range(
    10
)

(
    LACKS_ADDRESS, LACKS_GUARDIAN, LACKS_GUARDIANSHIP, LACKS_HEALTH, LACKS_SCHOOLING, LACKS_NEEDS,
    LACKS_ENTRY_DAY, LACKS_ENTRY_REASON, LACKS_EXIT_DAY, LACKS_EXIT_REASON,
) = (1 << bit for bit in range(10))  # fmt: skip
"""What a township left blank in a child's file. Without the day of an exit the reason is written and the
child still in; without its reason the exit is announced for a later day."""

MARKS = ("特困供养人员", "低保对象", "重残")
"""Identities that the insurer marks."""

RESIDENT, EMPLOYEE, SUPPLEMENT = 390, 310, 392
BASIC_SCHEMES = (310, 380, 390, 391)

CATEGORIES = (
    ("120", "事实无人抚养儿童"),
    ("201", "孤儿"),
    ("202", "孤儿"),
    ("301", "特困儿童"),
    ("302", "重病重残儿童"),
    ("303", "低保家庭儿童"),
    ("400", "留守儿童"),
    ("500", "其他困境儿童"),
)
"""Registry categories: code and text; events hold the index."""
DE_FACTO, ORPHAN, INSTITUTION, HARDSHIP, SEVERE, LOW_INCOME, LEFT_BEHIND, OTHER = range(8)
BENEFIT_CATEGORIES = (DE_FACTO, ORPHAN, INSTITUTION, HARDSHIP)
LIMITED = (*BENEFIT_CATEGORIES, LOW_INCOME)
"""Categories whose right ends on the eighteenth birthday."""

EXIT_REASONS = ("儿童超龄", "困境改善", "户籍迁出", "死亡", "收养", "找回父母")
AGED_OUT, IMPROVED, MOVED_AWAY, DIED, ADOPTED, PARENTS_FOUND = range(6)

KEPT_DAYS = 365
"""Leavers, exits and stopped households stay on their roll for twelve months."""
DEATH_KNOWN_DAYS = 30
"""Days until welfare strikes a dead child off; the insurer needs `DEATH_INSURER_DAYS`."""
DEATH_INSURER_DAYS = 45
