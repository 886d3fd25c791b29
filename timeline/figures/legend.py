"""The signs of the timeline as small pictures, so that a legend shows exactly what the chart draws."""

import base64
import html
from collections.abc import Iterable

from timeline.figures.look import FULL, MUTED, PALE, STYLES, Theme, rgba
from timeline.figures.naming import Language
from timeline.figures.wording import say_status
from timeline.model import STATUSES, Status


def _picture(body: str, width: int, label: str) -> str:
    """An inline picture. As data, for the page's sanitiser lets no SVG through, but images with data."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="16" viewBox="0 0 {width} 16">'
        f"{body}</svg>"
    )
    data = base64.b64encode(svg.encode()).decode()
    alt = html.escape(label, quote=True)
    return (
        f'<img src="data:image/svg+xml;base64,{data}" width="{width}" height="16" alt="" title="{alt}" '
        f'style="vertical-align:-3px;margin-right:5px">'
    )


def status_glyph(status: Status, theme: Theme) -> str:
    """The glyph of a day with that status, as HTML."""
    style = STYLES[status]
    line = style.line(theme)
    stroke = f'stroke="{line}" stroke-width="1.8" fill="none"'
    bodies = {
        "held": f'<circle cx="8" cy="8" r="5" fill="{style.fill}" stroke="{line}" stroke-width="1.5"/>',
        "ongoing": f'<circle cx="6" cy="8" r="5" fill="{style.fill}"/><path d="M6 8h16" stroke="{line}" '
        'stroke-width="3"/>',
        "planned": f'<circle cx="8" cy="8" r="5" {stroke}/>',
        "proposed": f'<path d="M8 2.5L13.5 8L8 13.5L2.5 8z" {stroke}/>',
        "cancelled": f'<path d="M3 3L13 13M13 3L3 13" {stroke}/>',
        "denied": f'<circle cx="8" cy="8" r="5.5" {stroke}/><path d="M4.2 4.2L11.8 11.8M11.8 4.2L4.2 11.8" '
        f"{stroke}/>",
    }
    return _picture(bodies[status], 24 if status == "ongoing" else 16, status)


def status_legend(language: Language, theme: Theme, statuses: Iterable[Status] = STATUSES) -> str:
    """All statuses with glyph and word, as one line of HTML."""
    return "".join(
        f'<span class="legend-item">{status_glyph(status, theme)}'
        f"{html.escape(say_status(status, language))}</span>"
        for status in statuses
    )


def precision_signs(theme: Theme) -> dict[str, str]:
    """The shapes that tell how exact a date is, by name, as HTML."""
    style = STYLES["held"]
    line, muted = style.line(theme), MUTED[theme]
    pale, full = rgba(style.fill, PALE), rgba(style.fill, FULL)
    steps = "".join(
        f'<rect x="{x}" y="3" width="5" height="10" fill="{rgba(style.fill, alpha)}"/>'
        for x, alpha in ((1, 0.06), (6, 0.12), (11, 0.17), (33, 0.17), (38, 0.12), (43, 0.06))
    )
    box = f'y="3" height="10" fill="{pale}" stroke="{line}" stroke-width="1.3"'
    return {
        "day": _picture(f'<circle cx="25" cy="8" r="5" fill="{style.fill}"/>', 50, "day"),
        "month": _picture(f'<rect x="2" width="46" {box}/>', 50, "month"),
        "approximate": _picture(f'{steps}<rect x="16" width="17" {box}/>', 50, "approximate"),
        "open": _picture(
            f'<rect x="2" width="38" {box}/><path d="M40 2L48 8L40 14z" fill="{line}"/>', 50, "open"
        ),
        "set": _picture(
            f'<path d="M6 2H2V14H6M44 2H48V14H44M2 8H48" stroke="{line}" stroke-width="1.8" fill="none"/>',
            50,
            "set",
        ),
        "about": _picture(
            f'<circle cx="30" cy="8" r="5" fill="{style.fill}"/><text x="12" y="13" font-size="14" '
            f'fill="{muted}" font-family="sans-serif">≈</text>',
            50,
            "about",
        ),
        "disputed": _picture(
            f'<circle cx="20" cy="9" r="5" fill="{style.fill}"/><text x="27" y="11" font-size="13" '
            f'fill="{muted}" font-family="sans-serif">≠</text>',
            50,
            "disputed",
        ),
        "unchecked": _picture(
            f'<rect x="2" width="20" {box}/><rect x="27" y="3" width="20" height="10" fill="{full}" '
            f'stroke="{line}" stroke-width="1.3"/>',
            50,
            "unchecked",
        ),
    }
