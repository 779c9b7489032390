"""The schema's picture and words: of what an app says, which may be anything."""

from __future__ import annotations

from xml.dom.minidom import parseString

from vly_nb.backend.picture import described, picture
from vly_nb.backend.schema import fields_of, tables_of, written

EXPORTED = {
    "tables": [
        {
            "tableName": "notes",
            "indexes": [{"indexDescriptor": "by_person", "fields": ["personId"]}],
            "searchIndexes": [
                {"indexDescriptor": "search", "searchField": "text", "filterFields": ["personId"]}
            ],
            "vectorIndexes": [],
            "documentType": {
                "type": "object",
                "value": {
                    "personId": {"fieldType": {"type": "id", "tableName": "people"}, "optional": False},
                    "text": {"fieldType": {"type": "string"}, "optional": True},
                    "tags": {"fieldType": {"type": "array", "value": {"type": "string"}}, "optional": False},
                    "state": {
                        "fieldType": {
                            "type": "union",
                            "value": [{"type": "literal", "value": "a"}, {"type": "null"}],
                        },
                        "optional": False,
                    },
                },
            },
        },
        {"tableName": "people", "indexes": [], "documentType": {"type": "any"}},
    ]
}


def test_tables_fields_indexes_and_references() -> None:
    notes, people = tables_of(EXPORTED)
    assert [(f.name, f.type, f.optional) for f in notes.fields] == [
        ("personId", "id of people", False),
        ("text", "string", True),
        ("tags", "list of string", False),
        ("state", "'a' | null", False),
    ]
    assert notes.fields[0].refers == ("people",)
    assert [(i.kind, i.name, i.fields) for i in notes.indexes] == [
        ("index", "by_person", ("personId",)),
        ("search", "search", ("text", "personId")),
    ]
    assert people.fields == []
    text = described([notes, people])
    assert "text?" in text and "search search" in text


def test_the_picture_is_whole_svg_with_an_arrow_for_each_reference() -> None:
    drawn = picture(tables_of(EXPORTED))
    assert parseString(drawn).documentElement.tagName == "svg"
    assert drawn.count("<circle") == 1 and drawn.count("<rect") == 3


def test_a_schema_that_carries_markup_shows_it_as_text() -> None:
    evil = "</text><script>alert(1)</script>"
    exported = {
        "tables": [
            {
                "tableName": evil,
                "indexes": [{"indexDescriptor": evil, "fields": ["a\x00b\u202e"]}],
                "documentType": {
                    "type": "object",
                    "value": {evil: {"fieldType": {"type": "literal", "value": evil}}},
                },
            }
        ]
    }
    drawn = picture(tables_of(exported))
    parseString(drawn)
    assert "<script" not in drawn and "\x00" not in drawn and "\u202e" not in drawn


def test_a_schema_of_nonsense_or_without_end_is_no_trap() -> None:
    assert tables_of({"tables": ["x", {}, {"documentType": 3}]})[0].fields == []
    deep: dict[str, object] = {"type": "string"}
    for _ in range(200):
        deep = {"type": "array", "value": deep}
    assert written(deep).endswith("…") and fields_of({"type": "object", "value": {"a": {"fieldType": deep}}})
    many = {"tables": [{"tableName": f"t{n}", "documentType": {}} for n in range(500)]}
    assert "and 440 more tables" in picture(tables_of(many))
