"""What a wrong encoding leaves behind in a text, as patterns that mean the same to RE2 and to Python.

Mojibake is UTF-8 that was read as Windows-1252, Latin-1 or Windows-1251. Every character of more than
one byte becomes a run of characters: one that stands for a first byte, then some that stand for
further bytes (80 to BF). Runs that a healthy text could hold are left out: quotation marks after a
capital with an accent (`LIBERTÉ»`), spaces that do not break, a single pair outside of `Ã` and `Â`.
Source of the method: Robyn Speer, ftfy (https://ftfy.readthedocs.io); the patterns are our own.
"""

from __future__ import annotations


def _decoded(first: int, last: int, encoding: str) -> str:
    """The characters that these bytes become, as a character class without its brackets."""
    decoded = {bytes([byte]).decode(encoding, "ignore") for byte in range(first, last + 1)}
    controls = {chr(byte) for byte in range(first, last + 1) if byte < 0xA0}
    return "".join(sorted((decoded | controls) - {""}))


FURTHER = _decoded(0x80, 0xBF, "cp1252")  # what a further byte becomes
CLOSING = "»”’“‘…–—™®\u00a0\u00ad"  # what may follow on any word
CLEAR = "".join(character for character in FURTHER if character not in CLOSING)
UNITS = "²³¹·«‹"  # Å², and »Ä« as German books quote
FURTHER_SIGN = "".join(character for character in FURTHER if character not in UNITS)
CLEAR_SIGN = "".join(
    character for character in CLEAR if not character.isalpha() and character not in UNITS + "°"
)
CYRILLIC = _decoded(0x80, 0xBF, "cp1251")

MOJIBAKE = "|".join(
    (
        f"Ã[{CLEAR}]",  # Ã©: é and its neighbours
        f"[a-z]Ã[{CLOSING}]|[a-z][Ä-ÖØ-Þ][{FURTHER_SIGN}]",  # coÃ»t: a capital within a word
        f"[ÄÅ][{CLEAR_SIGN}]",  # Å‚: Polish, Czech, Croatian and their neighbours
        "Â[¡-¬®-º¼-¿]",  # Â°: signs of Latin-1
        "[0-9a-z.,;:]Â[\u00a0»]",  # 5Â kg
        "â€|â[‚„†œ‹ˆ‰˜™š][^\\s0-9A-Za-z]",  # â€™: typographic signs
        "ðŸ",  # emoji
        f"(?:[ÐÑ][{FURTHER}]){{2}}",  # Cyrillic
        f"(?:[Ä-ÖØ-ß][{FURTHER}]){{3}}|(?:×[{CLEAR}]){{4}}",  # Greek, Arabic, Hebrew
        f"áº[{FURTHER}]|á»[{CLEAR}]",  # Vietnamese
        f"(?:[à-ï][{FURTHER}]{{2}}){{2}}",  # Chinese, Japanese, Korean, Thai, Hindi
        "ï»¿",  # a mark at the start of a file
        f"(?:[РС][{CYRILLIC}]){{4}}",  # Cyrillic, read as Windows-1251
        "锟斤拷",  # replaced in UTF-8, then read as GBK
    )
)
REPLACED = "\ufffd"
# All but tab, line feed, form feed and carriage return; U+0085 is a line end of some systems.
CONTROL = "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]"

# White space as Python's str.split knows it, and what has no width, between the brackets of a class.
SPACE = "\t-\r\x1c-\x20\x85\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
EDGES = SPACE.replace("\u3000", "")  # with which paragraphs begin in Chinese and Japanese

ENTITY = "&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{2,5}|#x[0-9a-fA-F]{2,5});"
TAG = (
    "(?i:</?(?:p|br|div|span|table|tr|td|th|ul|ol|li|strong|em|font|img|h[1-6]|script|style)"
    "(?:[ \t\n][^<>]*)?/?>|<a [^<>]*href)"
)
