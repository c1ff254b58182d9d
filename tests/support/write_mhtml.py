"""A report as a saved page: the page quoted, a style sheet and a picture beside it."""

from __future__ import annotations

import quopri

from tests.support.reports import ReportSource
from tests.support.write_html import write_site_html

_HEAD = """From: <Saved by Blink>
Snapshot-Content-Location: http://www.qinghe.example.gov.cn/xxgk/report.html
Subject: =?utf-8?Q?report?=
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--x----"

------MultipartBoundary--x----
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable
Content-Location: http://www.qinghe.example.gov.cn/xxgk/report.html

"""
_TAIL = """
------MultipartBoundary--x----
Content-Type: text/css
Content-Transfer-Encoding: quoted-printable
Content-Location: http://www.qinghe.example.gov.cn/a.css

.nav { color: red }
------MultipartBoundary--x----
Content-Type: image/gif
Content-Transfer-Encoding: base64
Content-Location: http://www.qinghe.example.gov.cn/a.gif

R0lGODlhAQABAAAAACw=
------MultipartBoundary--x------
"""


def write_mhtml(source: ReportSource) -> bytes:
    """Return a .mhtml file as browsers save it."""
    text = _HEAD.encode() + quopri.encodestring(write_site_html(source)) + _TAIL.encode()
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
