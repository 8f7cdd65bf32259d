"""QR codes, drawn on the owner's machine for what is printed."""

from __future__ import annotations

import io


def drawing(text: str) -> bytes:
    """An SVG of one colour, for any size. It can be read with a quarter of it covered. Errors: ValueError for a text that is too long."""
    import segno

    out = io.BytesIO()
    try:
        segno.make(text, error="q", micro=False).save(
            out, kind="svg", border=4, xmldecl=False, omitsize=True, dark="#17252a", light="#fff"
        )
    except segno.DataOverflowError:
        raise ValueError("the address is too long for a QR code") from None
    return out.getvalue()
