"""Redaction: known values in every form, shapes of keys, streams, the second look, and no false hits."""

from __future__ import annotations

import base64
import gzip
import random
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import needs
from tests.project.planted import LETTERS, fifty, hidden_forms, left_of, planted, printed_forms
from vly_nb.project.forms import is_hideable
from vly_nb.project.secrets import MARK, Redactor, cleaned
from vly_nb.project.shapes import SHAPES, find

LOGS = sorted((Path(__file__).parent / "logs").glob("*.log"))
SECRET = planted(7)
CODE = 'import { useState } from "react";\nconst [count, setCount] = useState<number>(0); // 1 of 12\n' * 20


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(fifty())


@pytest.mark.parametrize("form", printed_forms(SECRET))
def test_a_known_value_is_hidden_in_every_form(form: str) -> None:
    text = f"{CODE}const key = '{printed_forms(SECRET)[form]}';\n{CODE}"
    said = Redactor([("OPENAI_API_KEY", SECRET)]).clean(text)
    assert "⟨OPENAI_API_KEY hidden⟩" in said
    assert list(left_of(said, SECRET)) == []
    assert said.startswith(CODE) and said.endswith(CODE)


def test_all_of_fifty_values_in_all_forms(redactor: Redactor) -> None:
    for name, value in fifty():
        for form, text in printed_forms(value).items():
            said = redactor.clean(f"<{text}>")
            assert f"⟨{name} hidden⟩" in said, (name, form)
            assert list(left_of(said, value)) == [], (name, form)


def test_any_sixteen_letters_in_a_row_are_hidden() -> None:
    """A cut, a window, `cut -c`, a column: no part of some length gets through."""
    redactor = Redactor([("K", SECRET)])
    for form in printed_forms(SECRET).values():
        core = form.rstrip("=")
        for at in range(3, len(core) - 19):
            part = core[at : at + 16]
            assert part not in redactor.clean(f"| {part} |"), part


def test_a_wrapped_value_is_hidden_whole() -> None:
    value = planted(3, "", 160)
    redactor = Redactor([("K", value)])
    for width in (20, 40, 64, 76):
        for gap in ("\n", "\r\n", "\\\n  ", '"\n+ "', "\n    12\t"):
            rows = [value[at : at + width] for at in range(0, len(value), width)]
            said = redactor.clean(f"BEGIN {gap.join(rows)} END")
            assert said == "BEGIN ⟨K hidden⟩ END", (width, gap)


def test_a_private_key_in_one_line_or_many() -> None:
    body = "\n".join(planted(n, "", 64) for n in range(20))
    pem = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"
    redactor = Redactor([("JWT_PRIVATE_KEY", pem.replace("\n", " "))])
    for text in (pem, pem.replace("\n", " "), pem.replace("\n", "\\n"), pem.splitlines()[5], body[200:300]):
        said = redactor.clean(text)
        assert not any(part in said for part in body.split()), said
    unknown = Redactor().clean(f"a\n{pem}\nb")
    assert unknown == "a\n⟨a private key hidden⟩\nb"


def test_short_and_common_values_stay() -> None:
    values = ["true", "3000", "test", "password", "development", "aaaaaaaaaaaa", "localhost", "short7!"]
    assert not any(map(is_hideable, values))
    redactor = Redactor([(f"K{n}", value) for n, value in enumerate(values)])
    text = "true 3000 test password development aaaaaaaaaaaa localhost short7!"
    assert redactor.inspect(text) == text


def test_words_that_come_together_by_chance_are_no_secret() -> None:
    redactor = Redactor([("DB_PASSWORD", "my-app-secrets"), ("PASSPHRASE", "correct horse battery staple")])
    assert redactor.inspect("My app: secrets. The correct horse.") == "My app: secrets. The correct horse."
    assert redactor.inspect("set my-app-secrets").endswith(" hidden⟩")
    assert "PASSPHRASE" in redactor.inspect("correct-horse-battery-staple")


def test_cleaning_twice_is_cleaning_once(redactor: Redactor) -> None:
    for name, value in fifty():
        once = redactor.clean(f"{name}={value}; {name[::-1]} {value[::-1]}")
        assert redactor.clean(once) == once and MARK.search(once)


def test_what_cannot_be_a_text_of_its_own_goes_through(redactor: Redactor) -> None:
    for text in ("", "\ud800 lone", "é\u2028\x00", "日本" * 50, "😀" * 300):
        assert redactor.clean(text) == text
        assert redactor.inspect(text) == text


def test_names_of_variables_cannot_break_a_mark() -> None:
    said = Redactor([("<b>]\n[x", SECRET)]).clean(SECRET)
    assert said == "⟨bx hidden⟩"
    assert "SECRET" not in repr(Redactor([("A", "SECRETSECRET1")]))


def test_json_is_cleaned_in_names_and_values() -> None:
    clean = Redactor([("K", SECRET)]).clean
    assert cleaned({SECRET: [1, None, {"a": f"x{SECRET}"}]}, clean) == {
        "⟨K hidden⟩": [1, None, {"a": "x⟨K hidden⟩"}]
    }


# -- shapes ----------------------------------------------------------------------


def drawn(pattern: str, letters: str = LETTERS) -> str:
    """`sk_live_#24` with 24 letters drawn by lot."""
    dice = random.Random(pattern)
    head, _, count = pattern.rpartition("#")
    return head + "".join(dice.choice(letters) for _ in range(int(count) - 1)) + "7"


HEX = "0123456789abcdef"
KEYS = [
    *(drawn(p) for p in ("sk-ant-api03-#90", "sk-or-v1-#64", "sk-proj-#48", "sk-svcacct-#60", "sk-#48")),
    *(drawn(p) for p in ("sk_live_#24", "rk_live_#24", "sk_test_#24", "whsec_#32", "ghp_#36", "glpat-#20")),
    *(drawn(p) for p in ("xoxb-#40", "npm_#36", "pypi-#120", "hf_#34", "r8_#37", "gsk_#52", "xai-#80")),
    *(drawn(p) for p in ("pplx-#48", "tvly-#32", "lin_api_#40", "ntn_#46", "sq0atp-#22", "sb_secret_#31")),
    *(drawn(p) for p in ("phx_#43", "dp.pt.#43", "GOCSPX-#28", "AIza#35", "re_Ab3dEf12_#22", "hvs.#90")),
    drawn("github_pat_#70"),
    *(drawn(p, HEX) for p in ("key-#32", "dop_v1_#64", "shpat_#32", "dapi#32", "SK#32", "sk_#48")),
    drawn("AKIA#16", "ABCDEFGHIJKLMNOP234567"),
    f"SG.{drawn('#22')}.{drawn('#43')}",
    f"dev:happy-animal-123|{drawn('eyJ2#60')}",
    f"preview:team:project|{drawn('eyJ2#60')}",
    f"convex-self-hosted|{drawn('01#90', HEX)}",
    f"123456789:AA{drawn('#33')}",
    f"eyJhbGciOiJI{drawn('#9')}.eyJzdWIiOiI{drawn('#30')}.{drawn('#43')}",
    f"postgres://app:{drawn('#18')}@db.test:5432/app",
    f"Authorization: Bearer {drawn('#40')}",
    f"INTERNAL_TOKEN={drawn('#32')}",
    f'"clientSecret": "{drawn("#30")}"',
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=[key[:14] for key in KEYS])
def test_an_unknown_key_is_known_by_its_shape(key: str) -> None:
    secret = key.rpartition("|")[2][-30:].partition("@")[0].strip('"')[-16:]
    for text in (key, f"error: {key}, try again", f'{{"a": "\\n{key}"}}', f"'{key}'", f"x\n{key}\ny"):
        said = Redactor().clean(text)
        assert MARK.search(said), text
        assert secret not in said


ORDINARY = [
    "sk-loading-spinner-container-x",
    "re_exported_module_specifier_text",
    "sk_test_xxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-your-key-here-1234567890abcdef",
    "task-list-item-checkbox-container-large-1",
    "pk_live_51Habcdefghijklmnop",
    "process.env.OPENAI_API_KEY",
    "OPENAI_API_KEY=",
    "token: string",
    "password: v.string()",
    "apiKey: config.apiKey",
    "const token = await getToken({ template: 'convex' });",
    "AKIAIOSFODNN7EXAMPLE",
    "https://user@example.org/x",
    "https://happy-animal-123.convex.cloud",
    "dev:happy-animal-123",
    "postgres://postgres:postgres@localhost/db",
    "sha512-Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYg==",
    "jd7f8a9s8d7f6a5s4d3f2a1s0d9f8a7s",
    "550e8400-e29b-41d4-a716-446655440000",
    "-----BEGIN PRIVATE KEY----- is a header",
    "3e5d1c2b4a6f8e7d9c0b1a2f3e4d5c6b7a8f9e0d",
    "bot token: Unexpected token } in JSON at position 17",
    'className="sk-cube-grid md:w-[320px] text-red-500"',
    "SECRET_KEY_BASE must be set",
    "the key is in the vault",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_has_no_shape_of_a_key(text: str) -> None:
    assert Redactor().clean(text) == text


def test_every_anchor_begins_its_pattern() -> None:
    assert all(shape.anchors and shape.regex for shape in SHAPES)
    assert [found.shape.name for found in find(f"x {KEYS[0]}")] == ["an Anthropic key"]


def test_what_a_person_says_is_no_key_is_left() -> None:
    text = f"INTERNAL_TOKEN={drawn('#32')}"
    assert Redactor(allowed=[drawn("#32")]).clean(text) == text


# -- streams ---------------------------------------------------------------------


@pytest.mark.slow
def test_no_random_chunking_leaks() -> None:
    """300 ways to cut a text that is full of secrets: what comes out is what the whole text gives."""
    values = [(f"K{n}", planted(n, ("", "sk-proj-", "re_")[n % 3], 20 + n)) for n in range(50)]
    redactor, dice = Redactor(values), random.Random(11)
    secrets = [text for _, value in values for text in printed_forms(value).values()]
    lines = "\n".join(planted(n, "", 64) for n in range(8))
    pem = f"-----BEGIN PRIVATE KEY-----\n{lines}\n-----END PRIVATE KEY-----"
    for round_ in range(300):
        parts = [*dice.sample(secrets, 4), *dice.sample(KEYS, 2), pem]
        text = "".join(f"{CODE[: dice.randrange(60)]} {part} " for part in parts) + "end"
        stream, at, shown, longest = redactor.stream(), 0, "", dice.choice((1, 3, 17, 200))
        while at < len(text):
            size = dice.randint(1, longest)
            shown += stream.feed(text[at : at + size])
            at += size
        shown += stream.end()
        assert shown == redactor.clean(text), round_
        assert not any(part[:20] in shown for part in parts[:4]), round_


def test_the_telling_part_of_a_longer_value_never_shows(redactor: Redactor) -> None:
    for _, value in fifty()[::6]:
        for form in printed_forms(value).values():
            stream = redactor.stream()
            shown = "".join(stream.feed(letter) for letter in f"{form} and so on") + stream.end()
            assert list(left_of(shown, value.rpartition("|")[2].rpartition(" ")[2])) == []


def test_a_stream_shows_ordinary_words_soon() -> None:
    stream = Redactor([("K", SECRET)]).stream()
    shown = stream.feed("The headline is blue now, and the button says start. " * 3)
    assert len(shown) > 100
    assert stream.feed("") == "" and (shown + stream.end()).endswith("start. ")


def test_attack_a_key_without_an_end_fills_no_memory_and_shows_nothing() -> None:
    stream = Redactor().stream()
    shown = stream.feed("sk-proj-") + "".join(stream.feed("A1b2" * 250) for _ in range(60))
    shown += stream.feed("A1b2 and on") + stream.end()
    assert shown == "⟨an OpenAI key hidden⟩ and on"


# -- the second look ----------------------------------------------------------------


@pytest.mark.parametrize("form", hidden_forms(SECRET))
def test_attack_an_odd_encoding_withholds_the_whole_output(form: str) -> None:
    redactor = Redactor([("OPENAI_API_KEY", SECRET), ("OTHER", planted(8))])
    text = f"{CODE}\n{hidden_forms(SECRET)[form]}\n{CODE}"
    said = redactor.inspect(text)
    assert said.startswith("⟨all of this, which holds OPENAI_API_KEY"), said[:200]


DUMPS = ["xxd", "xxd -p", "xxd -b", "od", "od -x", "od -c", "od -b", "od -An -tu1", "od -tx1z", "hexdump"]
DUMPS += ["hexdump -C", "base64 -w 20", "base32", "basenc --z85", "rev", "fold -w 9", "cut -c 1-34", "nl"]


@pytest.mark.parametrize("program", DUMPS)
def test_attack_a_dump_made_by_a_program(program: str) -> None:
    argv = program.split()
    needs(argv[0])
    printed = f"OPENAI_API_KEY={SECRET}\n.".encode()  # of a length that Z85 takes
    printed += b"." * (-len(printed) % 4)
    dump = subprocess.run(argv, input=printed, capture_output=True).stdout.decode("utf-8", "replace")
    if not dump:
        pytest.skip(f"{program} is another one here")
    said = Redactor([("OPENAI_API_KEY", SECRET)]).inspect(f"{CODE}{dump}{CODE}")
    assert "OPENAI_API_KEY" in said.replace("OPENAI_API_KEY=", "")
    assert list(left_of(said, SECRET)) == []


def test_attack_a_bomb_a_maze_and_a_wall_take_no_time() -> None:
    redactor = Redactor([("K", SECRET)])
    dice = random.Random(5)
    header = "-----BEGIN PRIVATE KEY-----"
    walls = [
        *(part * 20_000 for part in (" ", "'", "eyJ", "|a", "1 ", "ab", "://", 'TOKEN="')),
        header + "a: " * 20_000,
        header + "+" * 60_000,
        "&#x41;" * 10_000,
        "begin 644 x\n" * 5_000,
        base64.b64encode(gzip.compress(bytes(50_000_000))).decode(),
        "".join(dice.choice("|> \t0af:x-\"\\+'") for _ in range(60_000)),
    ]
    for wall in walls:
        began = time.process_time()
        redactor.inspect(wall)
        assert time.process_time() - began < 3, wall[:40]


# -- false hits ------------------------------------------------------------------------


@pytest.mark.parametrize("log", LOGS, ids=[log.stem for log in LOGS])
def test_nothing_that_real_programs_print_is_taken_for_a_secret(log: Path, redactor: Redactor) -> None:
    text = log.read_text(encoding="utf-8")
    assert redactor.inspect(text) == text


def test_there_are_logs_of_twenty_programs() -> None:
    assert len({log.stem.rpartition("-")[0] for log in LOGS}) >= 20
