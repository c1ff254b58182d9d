"""Chinese numerals as numbers, and numbers as Chinese numerals.

Three writings occur: with magnitudes (三百二十, 一亿零五万), digit by digit (二〇二一) and two neighbouring digits for
"three or four" (三四, 三四十). All functions are linear in the length of what they read.
"""

from __future__ import annotations

from gknlp.model import Number

DIGITS = {"〇": 0, "零": 0, "○": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7}
DIGITS |= {"八": 8, "九": 9}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
TENS = {"廿": 20, "卅": 30}
MAGNITUDES = {**SMALL, **LARGE}
POINT = "点"

HAN_DIGITS = "".join(DIGITS)
HAN_NUMERALS = HAN_DIGITS + "".join(MAGNITUDES) + "".join(TENS)

# More digits than this name no quantity of a report; longer runs are refused before any arithmetic.
LONGEST = 24

_WRITTEN_DIGITS = "零一二三四五六七八九"
_WRITTEN_SMALL = ("", "十", "百", "千")
_WRITTEN_LARGE = ("", "万", "亿")


def parse_han(text: str) -> Number | None:
    """Return the number that ``text`` writes in Chinese numerals, ``None`` when it writes none.

    >>> parse_han("一百二十三万"), parse_han("两千零六"), parse_han("二〇二一"), parse_han("九十八点五")
    (1230000, 2006, 2021, 98.5)
    >>> parse_han("三五") is None, parse_han("百") is None
    (True, True)
    """
    if not 0 < len(text) <= LONGEST:
        return None
    whole, point, fraction = text.partition(POINT)
    value = _positional(whole) if _is_positional(whole) else _additive(whole)
    if value is None or not point:
        return value
    if not whole or not fraction or any(char not in DIGITS for char in fraction):
        return None
    return float(f"{value}." + "".join(str(DIGITS[char]) for char in fraction))


def parse_han_pair(text: str) -> tuple[int, int] | None:
    """Return the bounds of "three or four" numerals, ``None`` for anything else.

    >>> parse_han_pair("三四"), parse_han_pair("三五百"), parse_han_pair("十七八"), parse_han_pair("二三十万")
    ((3, 4), (300, 500), (17, 18), (200000, 300000))
    >>> parse_han_pair("三三") is None, parse_han_pair("一二三") is None
    (True, True)
    """
    if not 2 <= len(text) <= 5:
        return None
    tens = 0
    if text[0] == "十":
        tens, text = 10, text[1:]
    low, high = DIGITS.get(text[0], 0), DIGITS.get(text[1], 0) if len(text) > 1 else 0
    if low == 0 or not 1 <= high - low <= 2:
        return None
    factor = 1
    for char in text[2:]:
        if char not in MAGNITUDES or tens:
            return None
        factor *= MAGNITUDES[char]
    return (tens + low) * factor, (tens + high) * factor


def magnitude(text: str) -> int:
    """Return the product of the magnitudes of ``text`` (1 for none), 0 when it holds anything else.

    >>> magnitude("百万"), magnitude(""), magnitude("三百")
    (1000000, 1, 0)
    """
    factor = 1
    for char in text[:LONGEST]:
        factor *= MAGNITUDES.get(char, 0)
    return factor


def to_han(number: int) -> str:
    """Return a whole number below 10¹² as a clerk writes it; the inverse of :func:`parse_han`.

    >>> to_han(32), to_han(12), to_han(1230000), to_han(100_006), to_han(0)
    ('三十二', '十二', '一百二十三万', '十万零六', '零')
    """
    if not 0 <= number < 10**12:
        raise ValueError(f"{number} is outside 0..10**12-1")
    if number == 0:
        return _WRITTEN_DIGITS[0]
    written = ""
    gap = False
    for power in range(2, -1, -1):
        group = number // 10 ** (4 * power) % 10**4
        if group == 0:
            gap = bool(written)
            continue
        if written and (gap or group < 1000):
            written += _WRITTEN_DIGITS[0]
        written += _write_group(group) + _WRITTEN_LARGE[power]
        gap = False
    return written[1:] if written.startswith("一十") else written


def _is_positional(text: str) -> bool:
    """Tell digit-by-digit writing; two plain digits (三五) are rather a pair than a number."""
    if any(char not in DIGITS or char == "两" for char in text):
        return False
    return len(text) == 1 or any(DIGITS[char] == 0 for char in text)


def _positional(text: str) -> int:
    value = 0
    for char in text:
        value = value * 10 + DIGITS[char]
    return value


def _additive(text: str) -> int | None:
    """Read digits with magnitudes, each smaller than the one before inside its group of 万 or 亿."""
    total = group = 0
    digit: int | None = None
    last_small, allowed = 10**4, "万亿"
    for char in text:
        if char in DIGITS:
            if digit:
                return None
            digit = DIGITS[char]
        elif char in LARGE:
            group += digit or 0
            if group + total == 0 or char not in allowed:
                return None
            # 亿 multiplies all that stands before it (三万亿), 万 its own group.
            total = (total + group) * LARGE[char] if char == "亿" else total + group * LARGE[char]
            group, digit, last_small = 0, None, 10**4
            allowed = "万" if char == "亿" else allowed.replace("万", "")
        else:
            step = 10 if char in TENS else SMALL.get(char, last_small)
            if step >= last_small or (digit is None and step > 10) or (char in TENS and digit):
                return None
            group += TENS.get(char) or (1 if digit is None else digit) * step
            digit, last_small = None, step
    return total + group + (digit or 0) * _colloquial_step(text)


def _colloquial_step(text: str) -> int:
    """Return what a last digit counts: tens after 百 (一百五 is 150), ones after 零 or 十."""
    step = MAGNITUDES.get(text[-2], 1) if len(text) > 1 else 1
    return max(step // 10, 1)


def _write_group(group: int) -> str:
    written = ""
    gap = False
    for power in range(3, -1, -1):
        digit = group // 10**power % 10
        if digit == 0:
            gap = bool(written)
            continue
        if gap:
            written += _WRITTEN_DIGITS[0]
        gap = False
        written += _WRITTEN_DIGITS[digit] + _WRITTEN_SMALL[power]
    return written
