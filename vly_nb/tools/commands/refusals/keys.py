"""What prints or sets keys, and what makes sign-in keys."""

from __future__ import annotations

import re

from vly_nb.tools.commands.found.inline import AWKS, INTERPRETERS, code_of
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.found.wrappers import SHELLS, SOURCING
from vly_nb.tools.commands.refusals.sentences import KEYS, SIGNING, TYPED
from vly_nb.tools.commands.surroundings import Surroundings

CLI = frozenset(  # programs of others that print or set what is secret: the words they begin with
    words.strip()
    for words in """
    gh auth token | gh secret | aws configure export-credentials | aws configure get | op read | op item
    gcloud auth print-access-token | gcloud auth print-identity-token | az account get-access-token
    vercel env | netlify env:list | netlify env:get | netlify env:set | heroku config | fly secrets
    flyctl secrets | wrangler secret | pass show | security find-generic-password | doppler secrets
    infisical secrets | git credential | kubectl get secret | systemctl show-environment
    """.strip()
    .replace("\n", "|")
    .split("|")
)
PRINTS = (
    r"\b(?:log|info|error|table|dir|stringify|entries|values|inspect|write"
    r"|print|pprint|dumps|dict|str|repr|sorted)"
)
WHOLE = re.compile(  # the environment as a whole, printed
    rf"""(?x)
    {PRINTS}\([^;\n{{]{{0,60}}? (?:\bprocess\.env|\b(?:Deno|Bun)\.env|\benviron)\b (?!\s*(?:\.\w|\[|\?\.))
    | \A\s*process\.env\s*;?\s*\Z | \bin\s+process\.env\b(?!\.) | \benviron\.(?:items|values|copy)\(
    | \bprocess\s*\[\s*['"]env['"]\s*\] | require\(\s*['"](?:node:)?process['"]\s*\)\.env\b(?!\.\w|\[)
    | \{{\s*env\s*\}}\s*=\s*(?:process|require) | \bDeno\.env\.toObject | \bBun\.env\b(?!\.\w|\[)
    | \bgetenv\(\s*\) | \$_(?:ENV|SERVER)\b(?!\[) | %ENV\b | \bENV\.(?:each|to_h|inspect|map)
    | \b(?:p|pp|puts|print)\s+ENV\b(?!\s*\[) | \bin\s+ENVIRON\b | /proc/[^\s'"]*environ
    """
)
ONE = re.compile(
    r"""(?x)
    (?<!!) (?: (?:process|Deno|Bun|meta)\.env\s*(?:\.get\s*\(|\??\.|\[)+
      | os\.(?:environ|getenv)\s*(?:\.get)?\s*[\[(] | \$ENV\{ | \bENV\[ | \bgetenv\( | ENVIRON\[ )
    \s* ['"]? (\w+)"""
)
VARIABLE = re.compile(r"\$\{?!?([A-Z][A-Z0-9_]*)[@*\[\]]*(?:\}|\b)")
KEY_NAME = re.compile(
    r"(?i)(?:\w+_)(?:API_?)?(?:KEY|TOKEN|SECRET|PASSW(?:OR)?D|CREDENTIALS?)(?:_\w+)?|APIKEY|JWKS"
)
SPEAKERS = frozenset({"echo", "printf", "cat", "tee", "base64", "xxd", "logger", "curl", "wget", "print"})

MAKERS = frozenset(
    {"jwt-keygen", "mkjwk", "@convex-dev/auth", "set-convex-jwt-env.sh", "ssh-keygen", "openssl"}
)
KEY_CODE = re.compile(
    r"generateKeyPair|generate_private_key|exportJWK|exportPKCS8|exportSPKI|JWT_PRIVATE_KEY|(?<!\w)JWKS(?!\w)"
)
KEY_FILE = re.compile(
    r"""(?x) (?i: (?:.*/)? (?:generate|make|create|gen|set) [-_]? (?:convex[-_]?)? (?:jwt[-_]?)? (?:keys?|env)
    \.[mc]?[jt]s | .*jwt-env\.sh )"""
)


def printers(mention: Mention, _: Surroundings) -> str:
    """What prints the environment or a key out of it, or sets keys elsewhere."""
    name, arguments, text = mention.name, mention.arguments, mention.text
    if name == "printenv" or (name in ("env", "set", "export", "readonly") and not _more(mention)):
        return KEYS
    if name in ("declare", "typeset", "export", "local") and re.match(r"-\w*p", next(iter(arguments), "")):
        return KEYS
    if name in ("declare", "typeset") and (not arguments or arguments in (("-x",), ("-xp",))):
        return KEYS
    if name == "ps" and (
        re.fullmatch(r"[a-z]*e[a-z]*", next(iter(arguments), "")) or {"e", "eww"} & set(arguments)
    ):
        return KEYS
    if name == "jq" and re.search(r"(?<![\w.])env\b(?!\.\w)|\$ENV\b(?!\.\w)", text) and "-n" in arguments:
        return KEYS
    if any(" ".join([name, *mention.operands][:length]) in CLI for length in (2, 3, 4)):
        return KEYS
    if name in ("history", "fc"):
        return TYPED
    if name in SPEAKERS and any(KEY_NAME.fullmatch(found) for found in _variables(mention)):
        return KEYS
    code = code_of(mention)
    secret = WHOLE.search(code) or any(KEY_NAME.fullmatch(found) for found in ONE.findall(code))
    return KEYS if code and secret else ""


def _more(mention: Mention) -> bool:
    """Whether `env` is given a command to run, or `set` an option, or `export` a name."""
    if mention.name == "env":
        return any("=" not in word and not word.startswith("-") for word in _unset_taken(mention.arguments))
    return bool(mention.arguments)


def _unset_taken(words: tuple[str, ...]) -> list[str]:
    """Without `-u NAME`; with what `-S` would run."""
    left: list[str] = []
    for before, word in zip(("", *words), words, strict=False):
        if before not in ("-u", "--unset", "-C", "--chdir"):
            left.append(word.removeprefix("-S") if word.startswith("-S") else word)
    return left


def _variables(mention: Mention) -> list[str]:
    given = (
        f"{mention.text} {mention.stdin or ''}"
        if mention.name in ("cat", "tee", "base64", "xxd")
        else mention.text
    )
    return VARIABLE.findall(given)


def signing(mention: Mention, _: Surroundings) -> str:
    """What makes the pair that signs people in."""
    name, arguments = mention.name, mention.arguments
    if name == "ssh-keygen":
        return "" if any(re.match(r"-[lFBHRy]", word) for word in arguments) else SIGNING
    if name == "openssl":
        made = arguments[:1] and (arguments[0].startswith("gen") or "-genkey" in arguments)
        return SIGNING if made or (arguments[:1] == ("req",) and "-newkey" in arguments) else ""
    if name in MAKERS:
        return SIGNING
    if name in ("jose", "step", "gpg", "gpg2", "certtool") and re.search(
        r"newkey|keypair|gen-key|generate-key|generate-privkey|jwk (gen|create)", mention.text
    ):
        return SIGNING
    run = [name, *(mention.operands[:1] if name in INTERPRETERS | SHELLS | SOURCING else [])]
    if any(map(KEY_FILE.fullmatch, run)):
        return SIGNING
    code = code_of(mention) if name not in AWKS else ""
    return SIGNING if KEY_CODE.search(code) else ""
