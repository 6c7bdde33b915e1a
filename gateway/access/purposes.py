"""Purposes of a personal read: a closed list, each with its legal basis, written into every audit row."""

from enum import StrEnum


class Purpose(StrEnum):
    """Why somebody reads about people."""

    CASEWORK = "casework"
    SUPERVISION = "supervision"
    DATA_QUALITY = "data_quality"
    PROTECTION = "protection"
    RIGHTS_REQUEST = "rights_request"
    AUDIT = "audit"


LEGAL_BASIS: dict[Purpose, str] = {
    Purpose.CASEWORK: "个人信息保护法 第三十四条；未成年人保护法 第八十一条至第八十三条",
    Purpose.SUPERVISION: "个人信息保护法 第三十四条",
    Purpose.DATA_QUALITY: "个人信息保护法 第八条",
    Purpose.PROTECTION: "未成年人保护法 第十一条（强制报告）",
    Purpose.RIGHTS_REQUEST: "个人信息保护法 第四十五条、第四十六条",
    Purpose.AUDIT: "个人信息保护法 第五十四条",
}
