"""A timeline for paper: the figure of the screen as PDF, SVG or PNG, drawn here and by no browser.

Plotly itself draws such files in a browser only (Kaleido starts a Chromium, which a fresh machine lacks).
Our timelines use few of its shapes: bars, lines, marks, words; matplotlib draws the same ones from the same
figure, with its own font, which has the letters of all European names. What this module does not know in a
figure is an error and not a gap in the picture.
"""

import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Literal

import plotly.graph_objects as go

from timeline.figures.naming import Language
from timeline.figures.wording import words

_ONE_AT_A_TIME = Lock()
"""matplotlib's settings are the whole process's: while one picture is drawn, no other may set them back."""

PaperKind = Literal["pdf", "svg", "png"]
PAPER_KINDS: tuple[PaperKind, ...] = ("pdf", "svg", "png")

_WIDTH: Final = 11.7
"""Inches: the long side of A4. The height is the figure's own."""
_DOTS: Final = 96
"""Pixels to an inch on the screen, so that marks have the size that they have there."""
_SHARPNESS: Final = 200
"""Dots to an inch of a PNG."""
_MARKERS: Final = {
    "circle": "o",
    "circle-open": "o",
    "diamond-open": "D",
    "x-thin-open": "x",
    "circle-x-open": "o",
    "triangle-right": ">",
    "triangle-left": "<",
}
_HATCHES: Final = {"": "", "/": "////", "x": "xxxx", ".": "...."}
_DASHES: Final = {None: "-", "solid": "-", "dot": ":"}


def paper(
    figure: go.Figure, kind: PaperKind, *, title: str, legend: Sequence[tuple[str, str]], language: Language
) -> bytes:
    """The timeline ``figure`` as a file; the same figure gives the same bytes.

    ``title`` stands above it, ``legend`` below it as pairs of the name of a status and its word.

    Raises:
        ValueError: the figure holds what no timeline holds.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawing = figure.to_dict()
    layout = drawing["layout"]
    height = (float(layout["height"]) + 70) / _DOTS
    # A salt, or the same picture would give other bytes each time; dollars in a title are no formula.
    with rc_context(
        {
            "svg.hashsalt": "timeline",
            "svg.fonttype": "none",
            "pdf.fonttype": 42,
            "hatch.linewidth": 0.5,
            "text.parse_math": False,
        }
    ):
        sheet = Figure(figsize=(_WIDTH, height), facecolor="white")
        FigureCanvasAgg(sheet)
        axes = sheet.add_axes((0.2, 42 / _DOTS / height, 0.785, 1 - 118 / _DOTS / height))
        _frame(axes, layout, language)
        for trace in drawing["data"]:
            _trace(axes, trace)
        for shape in layout.get("shapes", ()):
            _line_shape(axes, shape)
        for note in layout.get("annotations", ()):
            _note(axes, note)
        sheet.text(0.01, 1 - 22 / _DOTS / height, title, fontsize=11, fontweight="bold", color="#1C2026")
        _legend(sheet, drawing["data"], legend, height)
        target = io.BytesIO()
        stamp: dict[str, Any] = {"pdf": {"CreationDate": None}, "svg": {"Date": None}, "png": {}}[kind]
        sheet.savefig(target, format=kind, dpi=_SHARPNESS, metadata=stamp)
        return target.getvalue()


def _moment(value: Any) -> datetime:  # noqa: ANN401  a moment as Plotly keeps it
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _moments(values: Sequence[Any]) -> list[Any]:
    """Days for matplotlib; a gap in a line stays one."""
    from matplotlib.dates import date2num

    return [
        float("nan") if value is None else float(date2num(_moment(value)))  # type: ignore[no-untyped-call]
        for value in values
    ]


def _numbers(values: Sequence[Any]) -> list[float]:
    return [float("nan") if value is None else float(value) for value in values]


def _colour(value: str) -> tuple[float, float, float, float]:
    """``rgba(1,2,3,0.5)`` or ``#RRGGBB``, as shares of one."""
    found = re.fullmatch(r"rgba\((\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\)", value)
    if found:
        red, green, blue = (int(part) / 255 for part in found.groups()[:3])
        return red, green, blue, float(found[4])
    red, green, blue = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, 1.0


def _each(value: Any, count: int) -> list[Any]:  # noqa: ANN401  one for all, or one for each
    return list(value) if isinstance(value, (list, tuple)) else [value] * count


def _plain(text: str) -> str:
    """The words of a label without Plotly's markup."""
    # The number of meetings stands in another colour on the screen; here in brackets.
    text = re.sub(r"<span[^>]*>([^<]*)</span>", r"(\1)", text)
    text = re.sub(r"<[^>]*>", "", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _frame(axes: Any, layout: Mapping[str, Any], language: Language) -> None:  # noqa: ANN401  matplotlib's
    """Axis of time above, names of the lanes at the left, fine lines for both."""
    from matplotlib.dates import AutoDateLocator, num2date
    from matplotlib.ticker import FuncFormatter

    low, high = (_moment(end) for end in layout["xaxis"]["range"])
    axes.set_xlim(*_moments([low, high]))
    axes.set_ylim(*layout["yaxis"]["range"])
    axes.xaxis.tick_top()
    locator = AutoDateLocator(minticks=4, maxticks=10)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    months = words(language)["plotly"]["shortMonths"]
    span = high - low

    def said(value: float, _place: int | None = None) -> str:
        day = num2date(value)  # type: ignore[no-untyped-call]
        if span > timedelta(days=365 * 9):
            return str(day.year)
        month = f"{months[day.month - 1]} {day.year}"
        return f"{day.day}. {month}" if span < timedelta(days=100) else month

    axes.xaxis.set_major_formatter(FuncFormatter(said))
    axes.set_yticks(layout["yaxis"]["tickvals"], [_plain(text) for text in layout["yaxis"]["ticktext"]])
    axes.tick_params(length=0, labelsize=8, colors="#2B2F36")
    axes.grid(visible=True, axis="x", color="#D9DBDF", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)


def _trace(axes: Any, trace: Mapping[str, Any]) -> None:  # noqa: ANN401  matplotlib's
    if trace["type"] == "bar":
        _bars(axes, trace)
    elif trace["type"] == "scatter" and trace["mode"] == "lines":
        line = trace["line"]
        axes.plot(
            _moments(trace["x"]), _numbers(trace["y"]), color=_colour(line["color"]),
            linewidth=float(line["width"]) * 0.7, linestyle=_DASHES[line.get("dash")], solid_capstyle="butt",
        )  # fmt: skip
    elif trace["type"] == "scatter" and trace["mode"] == "markers":
        _markers(axes, trace)
    elif trace["type"] == "scatter" and trace["mode"] == "text":
        right = [place.endswith("right") for place in _each(trace["textposition"], len(trace["x"]))]
        for x, y, text, beside in zip(_moments(trace["x"]), trace["y"], trace["text"], right, strict=True):
            axes.annotate(
                _plain(text), (x, y), (3 if beside else -3, 3), textcoords="offset points", fontsize=8,
                ha="left" if beside else "right", va="center", color="#2B2F36",
            )  # fmt: skip
    else:
        raise ValueError(f"no timeline holds a trace of type {trace['type']!r}")


def _bars(axes: Any, trace: Mapping[str, Any]) -> None:  # noqa: ANN401  matplotlib's
    """Periods, which lie along the time, and columns, which stand on it."""
    from matplotlib.patches import Rectangle

    marker = trace["marker"]
    lying = trace.get("orientation") == "h"
    count = len(trace["base"])
    fills, edges = _each(marker["color"], count), _each(marker["line"]["width"], count)
    outline = _colour(marker["line"]["color"])
    hatch = _HATCHES[(marker.get("pattern") or {}).get("shape") or ""]
    widths = _each(trace["width"], count)
    starts = _moments(trace["base"] if lying else trace["x"])
    for i in range(count):
        if lying:
            corner = (starts[i], trace["y"][i] - widths[i] / 2)
            size = (trace["x"][i] / 86_400_000, widths[i])
        else:
            corner = (starts[i], trace["base"][i])
            size = (widths[i] / 86_400_000, trace["y"][i])
        fill = _colour(fills[i])
        look: dict[str, Any] = {
            "facecolor": fill, "edgecolor": outline if edges[i] or hatch else "none",
            "linewidth": float(edges[i]) * 0.7, "hatch": hatch if fill[3] > 0.03 else "",
        }  # fmt: skip
        axes.add_patch(Rectangle(corner, *size, **look))


def _markers(axes: Any, trace: Mapping[str, Any]) -> None:  # noqa: ANN401  matplotlib's
    marker = trace["marker"]
    count = len(trace["x"])
    xs, ys = _moments(trace["x"]), _numbers(trace["y"])
    symbols = _each(marker["symbol"], count)
    colours = _each(marker["color"], count)
    line = marker.get("line") or {}
    edges = _each(line.get("color") or colours, count)
    breadths = _each(line.get("width", 1), count)
    size = float(marker["size"]) * 0.55
    alike: dict[tuple[Any, ...], tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    for x, y, *look in zip(xs, ys, symbols, colours, edges, breadths, strict=True):
        alike[tuple(look)][0].append(x)
        alike[tuple(look)][1].append(y)
    for (symbol, colour, edge, breadth), points in alike.items():
        how = {
            "markersize": size, "markeredgecolor": _colour(edge), "markeredgewidth": float(breadth) * 0.6,
            "markerfacecolor": "none" if symbol.endswith("-open") else _colour(colour), "linestyle": "none",
            "clip_on": False,
        }  # fmt: skip
        axes.plot(*points, marker=_MARKERS[symbol], **how)
        if symbol == "circle-x-open":
            axes.plot(*points, marker="x", **how | {"markersize": size * 0.6})


def _line_shape(axes: Any, shape: Mapping[str, Any]) -> None:  # noqa: ANN401  matplotlib's
    """A line over the whole breadth (between lanes) or the whole height (a day)."""
    line = shape["line"]
    look = {"color": _colour(line["color"]), "linewidth": float(line["width"]) * 0.7}
    if shape.get("xref") == "paper":
        axes.axhline(shape["y0"], **look, zorder=0)
    else:
        axes.axvline(_moments([shape["x0"]])[0], **look, linestyle=_DASHES[line.get("dash")])


def _note(axes: Any, note: Mapping[str, Any]) -> None:  # noqa: ANN401  matplotlib's
    """The name of a day, at the foot of its line."""
    left = note["xanchor"] == "left"
    axes.annotate(
        _plain(note["text"]), (_moments([note["x"]])[0], 0), (3 if left else -3, 3),
        xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=7, color="#5B616B",
        ha="left" if left else "right", va="bottom",
        bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 0.8},
    )  # fmt: skip


def _legend(
    sheet: Any,  # noqa: ANN401  matplotlib's
    traces: Sequence[Mapping[str, Any]],
    legend: Sequence[tuple[str, str]],
    height: float,
) -> None:
    """What the colours, patterns and signs of the statuses mean: those that occur, in one line."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from timeline.figures.look import STYLES

    there = {trace.get("name") for trace in traces}
    handles: list[Any] = []
    for status, word in legend:
        if status not in there:
            continue
        style = STYLES[status]  # type: ignore[index]
        outline = _colour(style.line("light"))
        symbol = style.glyph
        dot = Line2D(
            [], [], marker=_MARKERS[symbol], linestyle="none", markersize=6, markeredgecolor=outline,
            markerfacecolor=outline if style.filled else "none", label=word,
        )  # fmt: skip
        box = Patch(
            facecolor=(*_colour(style.fill)[:3], 0.0 if style.dotted else 0.3), edgecolor=outline,
            linestyle=":" if style.dotted else "-", hatch=_HATCHES[style.pattern],
        )  # fmt: skip
        handles.append(((dot, box), word))
    if handles:
        from matplotlib.legend_handler import HandlerTuple

        sheet.legend(
            [pair for pair, _ in handles], [word for _, word in handles], loc="lower left", frameon=False,
            bbox_to_anchor=(0.01, 4 / _DOTS / height), ncols=len(handles), fontsize=8,
            handler_map={tuple: HandlerTuple(ndivide=None, pad=0.6)}, handlelength=3.2, columnspacing=1.6,
        )  # fmt: skip
