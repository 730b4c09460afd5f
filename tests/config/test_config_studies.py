"""The studies of a watch, from lists of every make."""

from __future__ import annotations

import pytest

from watcher.model import WatchedStudy

TWO = (WatchedStudy("NCT04150497", "BALLI-01"), WatchedStudy("NCT01234567"))

GOOD_LISTS = [
    ("list.txt", "NCT04150497, BALLI-01\nNCT01234567\n"),
    ("list.txt", "# ours\n\n  NCT04150497\tBALLI-01  # first\r\n\r\nNCT01234567 # second"),
    ("list.txt", "NCT04150497 BALLI-01\nNCT01234567,\n"),
    ("list.txt", 'NCT04150497,"BALLI-01"\nNCT01234567'),
    ("list.txt", "nct_id,label\nNCT04150497,BALLI-01\nNCT01234567\n"),
    ("list.csv", "NCT04150497,BALLI-01\nNCT01234567\n"),
    ("list.csv", "nct_id,label\nNCT04150497,BALLI-01\nNCT01234567,\n"),
    ("list.csv", "Asset;NCT\nBALLI-01;NCT04150497\n;NCT01234567\n"),
    ("list.csv", "\ufeffRank,NCT Number,Title,Name\r\n1,NCT04150497,x,BALLI-01\r\n2,NCT01234567\r\n"),
    ("list.csv", '# ours\nTitle,NCT Number,Name\n"two\nlines, one cell",NCT04150497,"BALLI-01"\nx,NCT01234567,\n'),
    ("list.CSV", "nct\tname\nNCT04150497\tBALLI-01\nNCT01234567\t\n"),
]

BAD_LISTS = [
    (
        "list.txt",
        "# x\nNCT0415049\n",
        ['list.txt:2: expected an NCT number (NCT and 8 digits), found "NCT0415049"; did you mean "NCT00415049"?'],
    ),
    (
        "list.txt",
        "NCT04150497\nnct04150498 a\n\nNCT 04150499 b\n",
        [
            'list.txt:2: expected an NCT number (NCT and 8 digits), found "nct04150498"; did you mean "NCT04150498"?',
            'list.txt:4: expected an NCT number (NCT and 8 digits), found "NCT 04150499"; did you mean "NCT04150499"?',
        ],
    ),
    (
        "list.csv",
        'nct,label\nNCT04150497,"a\nb"\nNCTX,c\nNCT04150497,d\n',
        [
            'list.csv:4: expected an NCT number (NCT and 8 digits), found "NCTX"',
            "list.csv:5: NCT04150497 stands twice in this watch, first at list.csv:2; keep one",
        ],
    ),
    ("list.csv", "Title,Status\nx,y\n", ['list.csv:1: no column named "nct_id", "nct number", "nct"']),
    (
        "list.csv",
        '"' + "x" * 200_000,
        ["list.csv:1: not a table that can be read: field larger than field limit (131072)"],
    ),
    ("list.txt", "# nothing\n", ["config.toml:4: watch[0].studies_file: list.txt lists no study"]),
    ("list.txt", b"NCT04150497\nNCT01234567 Z\xfcrich\n", ["list.txt:2: not UTF-8 text; save the list as UTF-8"]),
    (
        "list.txt",
        "NCT04150497 a\x07b\n",
        ["list.txt:1: label: holds a line break or a control character; write it on one line"],
    ),
]


def listed(good: str, name: str) -> str:
    return good.replace('studies = ["NCT04150497"]\n', f'\nstudies_file = "{name}"\n')


@pytest.mark.parametrize(("name", "content"), GOOD_LISTS)
def test_a_list_of_any_make_is_read(read, good, name, content):
    assert read(listed(good, name), {name: content}).watches[0].studies == TWO


@pytest.mark.parametrize(("name", "content", "mistakes"), BAD_LISTS)
def test_a_mistake_in_a_list_carries_the_name_and_line_of_the_list(mistakes_of, good, name, content, mistakes):
    assert mistakes_of(listed(good, name), {name: content}) == mistakes


def test_a_watch_may_have_both_and_a_study_must_stand_in_one(mistakes_of, read, good):
    text = good.replace('"]\n\n', '"]\nstudies_file = "list.txt"\n\n')
    assert len(read(text, {"list.txt": "NCT01234567"}).watches[0].studies) == 2
    assert mistakes_of(text, {"list.txt": "\nNCT04150497"}) == [
        "list.txt:2: NCT04150497 stands twice in this watch, first at config.toml:3; keep one"
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("nct04150497", "NCT04150497"),
        ("NCT 0415 0497", None),
        ("NCT-04150497", "NCT04150497"),
        ("NCT4150497", "NCT04150497"),
        ("NCT004150497", "NCT04150497"),
        ("04150497", "NCT04150497"),
        ("NCT104150497", None),
        ("NCT00000000", None),
        ("NCTO4150497", None),
        ("NCT٠٤١٥٠٤٩٧", None),
        ("EUCTR2019-001", None),
    ],
)
def test_a_malformed_number_is_repaired_where_only_its_form_is_wrong(mistakes_of, good, written, meant):
    hint = f'; did you mean "{meant}"?' if meant else ""
    assert mistakes_of(good.replace("NCT04150497", written)) == [
        f'config.toml:3: watch[0].studies[0]: expected an NCT number (NCT and 8 digits), found "{written}"{hint}'
    ]
