"""The point or the stretch of time that a length of time measures from a day.

"vor zwei Wochen" is a point, as coarse as its unit; "in den vergangenen zehn Jahren" and "in den kommenden
Monaten" are a set in doubt: some time within. A vague plural is taken as three months, three weeks or
seven days (event table, "Resolving dates"), vague years and longer are left open.
"""

from datetime import date, timedelta

from timeline.dates import days
from timeline.dates.expression import Expression
from timeline.dates.span import edtf_of

_VAGUE = {"month": 3, "week": 3, "day": 7}


def reach(e: Expression, ends: tuple[date, date] | None) -> str | None:
    """EDTF of the point or stretch, counted from a day known to lie between ``ends``; None if unknown."""
    if ends is None or e.shift is None:
        return None
    try:
        low, high = (
            (_stretch(e, ends[0]), _stretch(e, ends[1]))
            if e.span
            else (_point(e, ends[0]), _point(e, ends[1]))
        )
    except (OverflowError, ValueError):
        return None
    return low if low == high else None


def _point(e: Expression, ref: date) -> str | None:
    shift = e.shift or 0
    value: str | None = None
    if e.unit == "day":
        value = (ref + timedelta(days=shift)).isoformat()
    elif e.unit == "week":
        value = days.iso_week(ref + timedelta(weeks=shift))
    elif e.unit == "month":
        value = days.add_months(ref, shift).isoformat()[:7]
    elif e.unit in ("year", "decade") and 1 <= ref.year + shift * (10 if e.unit == "decade" else 1) <= 9999:
        value = f"{ref.year + shift * (10 if e.unit == 'decade' else 1):04d}"
    return None if value is None else edtf_of(value, bound=e.bound)


def _stretch(e: Expression, ref: date) -> str | None:
    shift = e.shift or 0
    sign = 1 if shift > 0 else -1
    count = abs(shift)
    if "X" in e.value:
        if e.unit not in _VAGUE:
            return None
        count = _VAGUE[e.unit]
    if e.unit == "day":
        near, far = ref + timedelta(days=sign), ref + timedelta(days=sign * count)
    elif e.unit == "week":
        near, far = ref + timedelta(days=sign), ref + timedelta(weeks=sign * count)
    elif e.unit == "month":
        near, far = days.add_months(ref, sign), days.add_months(ref, sign * count)
        return _set(near.isoformat()[:7], far.isoformat()[:7])
    elif e.unit in ("year", "decade"):
        years = count * (10 if e.unit == "decade" else 1)
        if not 1 <= ref.year + sign * years <= 9999:
            return None
        return _set(f"{ref.year:04d}", f"{ref.year + sign * years:04d}")
    else:
        return None
    return _set(near.isoformat(), far.isoformat())


def _set(near: str, far: str) -> str:
    first, last = sorted((near, far))
    return first if first == last else f"[{first}..{last}]"
