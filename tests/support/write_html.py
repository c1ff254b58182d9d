"""A report as a web page: plain, as WPS exports it, and as a site prints it in the middle of its own matter."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from tests.support.reports import Page, ReportSource, Rows

Paragraph = Callable[[str], str]


def write_html(source: ReportSource) -> bytes:
    """Return a plain page in UTF-8."""
    return _page(source, _plain, _plain_cell, head='<meta charset="utf-8">').encode()


def write_wps_html(source: ReportSource) -> bytes:
    """Return a page as Word and WPS export it: spans and styles everywhere, declared as GB 2312, pages as divisions."""
    head = (
        '<meta http-equiv=Content-Type content="text/html; charset=gb2312"><style>@page{mso-page-border:none}</style>'
    )
    return _page(source, _soup, _soup_cell, head=head).encode("gb18030")


def write_site_html(source: ReportSource) -> bytes:
    """Return the page of a site: navigation, bread crumbs, a table of facts about the text, share bar and footer."""
    body = "".join(_body(source, _division, _plain_cell))
    return _SITE.format(title=escape(source.title), body=body, published=f"{source.filled.year + 1}-01-20").encode()


def _page(source: ReportSource, paragraph: Paragraph, cell: Paragraph, head: str) -> str:
    body = "".join([paragraph(source.title), *_body(source, paragraph, cell)])
    return f"<!DOCTYPE html><html><head>{head}<title>{escape(source.title)}</title></head><body>{body}</body></html>"


def _body(source: ReportSource, paragraph: Paragraph, cell: Paragraph) -> list[str]:
    parts = []
    for part in source.parts:
        if isinstance(part, str):
            parts.append(paragraph(part))
        elif isinstance(part, Page):
            parts.append('<div style="page-break-after:always"><br></div>')
        else:
            parts.append(_table(part, cell))
    return parts


def _table(rows: Rows, cell: Paragraph) -> str:
    lines = []
    for row in rows:
        cells = []
        for text, down, across in row:
            spans = f' rowspan="{down}"' * (down > 1) + f" colspan={across}" * (across > 1)
            cells.append(f"<td{spans} style='border:1px solid'>{cell(text)}</td>")
        lines.append("<tr>" + "\n".join(cells) + "</tr>")
    return "<table border=1><tbody>\n" + "\n".join(lines) + "\n</tbody></table>\n"


def _broken(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _plain(text: str) -> str:
    return f"<p>&emsp;&emsp;{_broken(text)}</p>\n"


def _plain_cell(text: str) -> str:
    return _broken(text)


def _division(text: str) -> str:
    return f"<div>　　{_broken(text)}</div>"


def _soup(text: str) -> str:
    """Every few characters in a span of their own, as exports have them."""
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    spans = "".join(
        f"<span\nstyle='mso-spacerun:yes;font-family:仿宋_GB2312;font-size:16.0000pt;'><font face=\"仿宋\">{_broken(piece)}</font></span>"
        for piece in pieces
    )
    return f'<p class=MsoNormal style="text-indent:32pt;mso-char-indent-count:2.0000">{spans}<span><o:p></o:p></span></p>\n'


def _soup_cell(text: str) -> str:
    if not text:
        return '<p class=MsoNormal><span style="font-size:9pt">&nbsp;</span></p>'
    return "".join(_soup(line) for line in text.split("\n"))


_SITE = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="SiteName" content="青禾县人民政府门户网站"><meta name="SiteDomain" content="www.qinghe.example.gov.cn">
<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{published} 09:30"><meta name="ContentSource" content="县府办">
<title>{title}_青禾县人民政府门户网站</title><script>var a = "<table><tr><td>1</td></tr></table>";</script>
<style>.nav{{color:red}}</style></head><body>
<div class="top"><a href="/">网站首页</a><a href="/zw">政务公开</a><a href="/hd">互动交流</a><a href="/fw">政务服务</a></div>
<div class="header-nav"><ul><li><a href="/1">县情概况</a></li><li><a href="/2">新闻中心</a></li><li><a href="/3">2020年政府信息公开工作年度报告</a></li></ul></div>
<div id="breadcrumb">您当前的位置：<a href="/">首页</a> &gt; <a href="/xxgk">政府信息公开</a> &gt; 政府信息公开年报</div>
<table width="1000" align="center"><tr><td class="left" width="200"><ul><li><a href="/a">公开指南</a></li><li><a href="/b">公开制度</a></li><li><a href="/c">公开年报</a></li></ul></td>
<td class="main">
<table class="info"><tr><td>索引号：</td><td>000014349/2022-00017</td><td>发布机构：</td><td>青禾县政府办公室</td></tr>
<tr><td>发文日期：</td><td>{published}</td><td>主题分类：</td><td>政府信息公开年报</td></tr></table>
<h1>{title}</h1>
<div class="article-meta"><span>发布日期：{published}</span> <span>来源：县府办</span> <span>浏览次数：<em id="hits">128</em>次</span> 字体：【<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】</div>
<div style="display:none">隐藏的旧数据：主动公开政府信息99999条。</div>
<div class="content"><div class="TRS_Editor">{body}</div></div>
<p><a href="/files/report.docx">附件下载</a></p>
<div class="share">分享到：<a href="#">微信</a><a href="#">微博</a></div><div>【打印本页】【关闭窗口】</div>
<div class="related"><h3>相关文章</h3><ul><li><a href="/p/1">2019年政府信息公开工作年度报告</a></li><li><a href="/p/2">2018年政府信息公开工作年度报告</a></li></ul></div>
</td></tr></table>
<div class="footer"><p>主办单位：青禾县人民政府办公室　网站标识码：0000000001　备案号：某ICP备00000000号</p><p>建议使用1024*768分辨率浏览。</p></div>
<script>count();</script></body></html>"""
