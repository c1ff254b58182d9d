"""The title of a report, its year and the organ that filed it, from the document alone.

>>> from gknlp.readers import read_text
>>> document = read_text("潢川县财政局2021年政府信息公开工作年度报告\\n\\n一、总体情况")
>>> title = find_title(document)
>>> year = find_year(document, title).year
>>> issuer, diagnostics = find_issuer(document, title, year)
>>> year, issuer.full_name, issuer.kind, issuer.level, issuer.division_code, issuer.division_path
(2021, '潢川县财政局', 'department', 'county', '411526', ('河南省', '信阳市', '潢川县'))
"""

from gknlp.issuer.find import find_issuer
from gknlp.issuer.title import Title, find_title
from gknlp.issuer.year import YearEvidence, YearFinding, find_year

__all__ = ["Title", "YearEvidence", "YearFinding", "find_issuer", "find_title", "find_year"]
