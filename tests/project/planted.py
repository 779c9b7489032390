"""Made-up secrets for tests, and every way in which a text may hold one."""

from __future__ import annotations

import base64
import bz2
import codecs
import gzip
import html
import json
import random
import re
import string
import zlib
from collections.abc import Iterator
from urllib.parse import quote

LETTERS = string.ascii_letters + string.digits
PROVIDERS = ("sk-proj-", "sk_live_", "re_", "AUTH-", "dev:happy-animal-123|", "", "ghp_", "p@ss w/ord& ")


def planted(seed: int = 1, prefix: str = "tk-", length: int = 36) -> str:
    """A secret that stands nowhere else: not in this file, nor in any test's source."""
    drawn = random.Random(f"vly {seed}")
    return prefix + "".join(drawn.choice(LETTERS) for _ in range(length - 1)) + str(drawn.randrange(10))


def fifty() -> list[tuple[str, str]]:
    """Fifty (name, value) pairs of many makes."""
    return [(f"KEY_{n}", planted(n, PROVIDERS[n % len(PROVIDERS)], 18 + n)) for n in range(50)]


def printed_forms(value: str) -> dict[str, str]:
    """Forms in which programs print a value by themselves: those of the first look."""
    data = value.encode()
    return {
        "as it is": value,
        "base64": base64.b64encode(data).decode(),
        "base64, one byte before": base64.b64encode(b"=" + data).decode(),
        "base64, two bytes before": base64.b64encode(b"k=" + data + b"\n").decode(),
        "base64 for addresses": base64.urlsafe_b64encode(data).decode(),
        "hex": data.hex(),
        "HEX": data.hex().upper(),
        "in an address": quote(value, safe=""),
        "in JSON": json.dumps(value)[1:-1],
        "in JSON in JSON": json.dumps(json.dumps(value)[1:-1])[1:-1],
        "in HTML": html.escape(value),
        "turned round": value[::-1],
    }


def hidden_forms(value: str) -> dict[str, str]:
    """Forms that someone chooses who wants to get a value past the first look."""
    data = value.encode()
    encoded = base64.b64encode(data).decode()
    parts = list(enumerate(re.findall(".{1,8}", value), 1))
    wide = {code: code + 0xFEE0 for code in range(33, 127)}
    rot47 = bytes(33 + (byte - 33 + 47) % 94 if 33 <= byte < 127 else byte for byte in range(256))
    return {
        "base64 twice": base64.b64encode(encoded.encode()).decode(),
        "base64 of hex": base64.b64encode(data.hex().encode()).decode(),
        "hex of base64": encoded.encode().hex(),
        "base64 of gzip": base64.b64encode(gzip.compress(data, mtime=0)).decode(),
        "base64 of zlib": base64.b64encode(zlib.compress(data)).decode(),
        "base64 of bzip2": base64.b64encode(bz2.compress(data)).decode(),
        "hex of gzip": gzip.compress(data, mtime=0).hex(),
        "base64 turned round": encoded[::-1],
        "base64 of UTF-16": base64.b64encode(value.encode("utf-16le")).decode(),
        "base32": base64.b32encode(data).decode(),
        "base85": base64.b85encode(data).decode(),
        "ascii85": base64.a85encode(data).decode(),
        "hex with blanks": data.hex(" "),
        "hex with colons": data.hex(":"),
        "0x": ", ".join(f"0x{byte:02x}" for byte in data),
        "x escapes": "".join(f"\\x{byte:02x}" for byte in data),
        "u escapes": "".join(f"\\u{byte:04x}" for byte in data),
        "percent": "".join(f"%{byte:02X}" for byte in data),
        "quoted-printable": "".join(f"={byte:02X}" for byte in data),
        "HTML numbers": "".join(f"&#{byte};" for byte in data),
        "octal": "".join(f"\\{byte:03o}" for byte in data),
        "numbers": " ".join(map(str, data)),
        "a Buffer": json.dumps({"type": "Buffer", "data": list(data)}),
        "bits": " ".join(f"{byte:08b}" for byte in data),
        "one number": str(int.from_bytes(data, "big")),
        "rot13": codecs.encode(value, "rot13"),
        "rot47": data.translate(rot47).decode(),
        "capitals": value.upper(),
        "cases swapped": value.swapcase(),
        "blanks": " ".join(value),
        "dots": ".".join(value),
        "a letter a line": "\n".join(value),
        "an array": json.dumps(list(value)),
        "ten a line": "\n".join(re.findall(".{1,10}", value)),
        "numbered lines": "\n".join(f"{n:6}\t{part}" for n, part in parts),
        "found lines": "\n".join(f"a.ts:{n}: {part}" for n, part in parts),
        "lines turned round": "\n".join(reversed(re.findall(".{1,6}", value))),
        "joined": '"' + '" + "'.join(re.findall(".{1,5}", value)) + '"',
        "with others between": "".join(f"{letter}x" for letter in value),
        "wide letters": value.translate(wide),
        "nothing between": "\u200b".join(value),
        "one at a time": "\n".join(f"k[{n}] = '{letter}'" for n, letter in enumerate(value)),
    }  # fmt: skip


def left_of(text: str, value: str, length: int = 16) -> Iterator[str]:
    """What a text still holds of a value: its parts of that length, in the forms of the first look."""
    for name, form in printed_forms(value).items():
        core = form.rstrip("=")[4:-4] if name.startswith("base64") else form
        for at in range(max(len(core) - length + 1, 1)):
            part = core[at : at + length]
            if len(part) >= min(length, 8) and part in text:
                yield f"{name}: {part}"
