"""Invented narrative around the tables of a rendered report; it holds digits, but no cell of a table."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.support.filled import FilledForm

_ISSUERS = ("云溪县人民政府", "青禾镇人民政府", "望川县教育局", "石桥区人民政府办公室", "临浦市水利局")
_OVERVIEW = (
    "全年通过门户网站主动公开信息1204条，政务新媒体推送366条，回应群众留言58件，办结率100%。",
    "（一）主动公开。围绕财政、就业、养老等领域公开信息230余条，举办开放日2次。\n（二）依申请公开。规范登记、审核、答复流程，答复时限均未超过20个工作日。",
    "1、主动公开方面\n更新栏目12个，公开三公经费、预算决算等信息。\n2、监督保障方面\n组织培训3场、约150人次。",
)
_ISSUES = (
    "主要问题：一是解读形式较为单一；二是基层人员变动频繁。下一步，将开展2次以上专题培训，完善审核机制。",
    "（一）存在的问题\n部分栏目更新不够及时。\n（二）改进措施\n明确专人，每月检查1次。",
)
_OTHER = ("无", "本年度未收取信息处理费。", "无其他需要报告的事项。")


def prose(filled: FilledForm, tables: Mapping[str, str], random: Random) -> str:
    """Return a report of six sections with the printed ``tables`` in their places."""
    parts = (
        f"{random.choice(_ISSUERS)}{filled.year}年政府信息公开工作年度报告",
        f"一、总体情况\n{random.choice(_OVERVIEW)}",
        f"二、主动公开政府信息情况\n{tables['disclosure']}",
        f"三、收到和处理政府信息公开申请情况\n{tables['requests']}",
        f"四、政府信息公开行政复议、行政诉讼情况\n{tables['remedies']}",
        f"五、存在的主要问题及改进情况\n{random.choice(_ISSUES)}",
        f"六、其他需要报告的事项\n{random.choice(_OTHER)}",
    )
    return random.choice(("\n", "\n\n")).join(parts)
