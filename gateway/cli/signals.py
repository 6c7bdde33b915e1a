"""What a reader of a roll should look at, a line each."""

from gateway.cli.common import say
from gateway.mapping.values import MappedRoll, SignalKind

_ZH = {
    SignalKind.UNKNOWN_COLUMN: "未声明的列",
    SignalKind.ABSENT_COLUMN: "缺少的列",
    SignalKind.VALUE_NOT_TAKEN: "未采用的值",
    SignalKind.FACTS_DIFFER: "同一主键各行不一致",
    SignalKind.FORMULA: "公式得出的值",
    SignalKind.SET_ASIDE: "合计、落款等行未作数据",
    SignalKind.RECODED: "代码似已更换",
    SignalKind.DOUBLED: "主键重复",
}


def say_signals(mapped: MappedRoll) -> None:
    """The signals of a mapped roll; and that there was no row, where there was none."""
    for signal in mapped.signals:
        rows = f": {signal.rows} rows" if signal.rows else ""
        about = " ".join(filter(None, (signal.subject, signal.reason)))
        say(f"{_ZH[signal.kind]} · {signal.kind.replace('_', ' ')} {about}{rows}")
    if not mapped.received:
        say("表头之下没有数据行 · there is no row under the heading: have the file sent again")
