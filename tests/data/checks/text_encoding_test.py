from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris

from smokealarm.errors import FatalError
from tests.data.tables import ask, count, table, text

CHECK = "text_encoding"

HEALTHY = [
    "«LIBERTÉ»", "‘CAFÉ’s", "SÃO PAULO, AMANHÃ»", "AMANHÃ…", "IRMû", "Ça va ?", "« Â »", "UNIVERSITÄT“",
    "Spaß…", "5 Å²", "»Ä«", "Žluťoučký kůň ÚŽASNÝ", "ÄÖÜß", "Tiếng Việt ĐÃ MẬT MÃ", "日本語。中文", "한국어",
    "العربية", "עברית", "हिन्दी", "ไทย", "Русский «Ёж»", "Рівне РІСІ", "Ελληνικά", "👩\u200d🚀🇫🇷", "2×½×¼×3",
    "line\nnext\ttab\r\n", "x = a<b>c; // ñ", "Île-de-France", "naïve café™", "Škoda® Å™", "‹Ž› ŠÍŘ", "",
]  # fmt: skip
LANGUAGES = ["été déjà vu à l'œuvre", "größer für Öl", "niño señal", "zażółć gęślą jaźń", "příliš žluťoučký",
             "Привет, мир", "Καλημέρα κόσμε", "你好，世界", "こんにちは", "안녕하세요",
             "مرحبا بالعالم", "שלום עולם", "tiếng Việt",
             "it’s “fine” – really", "😀 smile", "25 °C"]  # fmt: skip


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_healthy_texts_of_many_languages_pass(tmp_path: Path, kind: str, form: Any) -> None:
    texts = [unicodedata.normalize(form, each) for each in HEALTHY + LANGUAGES]
    assert not ask(tmp_path, table(tmp_path, {"t": texts + [None]}, kind), CHECK, column="t")


def test_the_names_of_iris_pass(tmp_path: Path) -> None:
    iris = load_iris()
    name = table(tmp_path, {"t": iris.target_names[iris.target].astype(object)})
    assert not ask(tmp_path, name, CHECK, column="t")


@pytest.mark.parametrize("wrong", ["cp1252", "latin-1"])
@pytest.mark.parametrize("healthy", LANGUAGES)
def test_utf_8_read_as_something_else_is_found(tmp_path: Path, healthy: str, wrong: str) -> None:
    damaged = "".join(
        bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in healthy.encode()
    )
    name = table(tmp_path, {"t": ["fine", damaged]})
    assert count(ask(tmp_path, name, CHECK, column="t")) == 1


@pytest.mark.parametrize(
    ("damaged", "kind"),
    [
        ("lost \ufffd here", "replaced"),
        ("a\x00b", "control"),
        ("a\x9db", "control"),
        ("РџСЂРёРІРµС‚", "mojibake"),
        ("锟斤拷", "mojibake"),
    ],
)
def test_each_kind_of_damage_is_named_and_may_be_allowed(
    tmp_path: Path, damaged: str, kind: str
) -> None:
    name = table(tmp_path, {"t": ["fine", damaged]})
    (finding,) = ask(tmp_path, name, CHECK, column="t")
    assert finding.evidence[kind] == 1
    assert not ask(tmp_path, name, CHECK, column="t", allow=[kind])


def test_the_place_and_the_counts_are_told(tmp_path: Path) -> None:
    name = table(tmp_path, {"t": ["Ã©tÃ©", "fine", "a\ufffd"]}, "jsonl")
    (finding,) = ask(tmp_path, name, CHECK, column="t")
    assert finding.message == (
        "t: 2 of 3 values are damaged (66.7 %), first at row 1: 'Ã©tÃ©', row 3: 'a\ufffd' "
        "(lines 1, 3 of table.jsonl); Ã© for é in 1, U+FFFD in 1"
    )
    assert not ask(tmp_path, name, CHECK, column="t", mostly=0.3)


def test_a_lone_surrogate_is_told_with_its_line(tmp_path: Path) -> None:
    name = text(tmp_path, "t.jsonl", '{"t":"ok"}\n{"t":"\\ud83d"}\n')
    (finding,) = ask(tmp_path, name, CHECK, column="t")
    assert "line 2 is no JSON" in finding.message


def test_a_row_condition_chooses_the_rows(tmp_path: Path) -> None:
    name = table(tmp_path, {"t": ["Ã©tÃ©", "fine"], "n": [1, 2]})
    options = {"row_condition": 'col("n") > 1', "condition_parser": "great_expectations"}
    assert not ask(tmp_path, name, CHECK, column="t", **options)


def test_a_column_of_numbers_is_told(tmp_path: Path) -> None:
    (finding,) = ask(tmp_path, table(tmp_path, {"t": [1]}), CHECK, column="t")
    assert "only texts can be judged so" in finding.message


def test_allowing_everything_leaves_nothing_to_check(tmp_path: Path) -> None:
    name = table(tmp_path, {"t": ["a"]})
    with pytest.raises(FatalError, match="nothing to look for"):
        ask(tmp_path, name, CHECK, column="t", allow=["mojibake", "replaced", "control"])
