"""Shapes: what a key looks like, whoever it belongs to.

    found = next(find("… sk_live_4eC39HqLyjWDarjtT1zdP7dc …"), None)
    found.shape.name         # "a Stripe key"

Every shape begins with one of its `anchors`, so that a text is searched for all of them in one
pass, and a regular expression is tried only where an anchor stands. Prefixes are the providers' own,
from their documentation; the form of Convex deploy keys is from convex 1.48,
`src/cli/lib/deployment.ts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from vly_nb.project.chance import is_made_up, is_mixed, is_random


@dataclass(frozen=True)
class Shape:
    """A kind of key. `pattern` begins at the anchor; its group `key`, if it has one, is the secret part.

    `sure`: nothing that is meant to be public looks like this. `variable` is what the environment
    variable that holds one is usually called. `judge` has the last word on a match.
    """

    name: str
    anchors: tuple[str, ...]
    pattern: str
    variable: str = ""
    sure: bool = True
    judge: Callable[[str], bool] | None = None

    @cached_property
    def regex(self) -> re.Pattern[bytes]:
        """The pattern over bytes, where letters and digits are ASCII's."""
        return re.compile(self.pattern.encode())

    def span_at(self, data: bytes, at: int) -> tuple[int, int] | None:
        """Where the secret part lies when an anchor stands at `at`; None when it is no key."""
        match = self.regex.match(data, at)
        if match is None:
            return None
        start, end = match.span("key") if "key" in self.regex.groupindex else match.span()
        text = data[start:end].decode("ascii", "replace")
        if is_made_up(text) or (self.judge is not None and not self.judge(text)):
            return None
        return start, end


_CODE = re.compile(
    r"^[./~$]|process\.env|\$\{|\$\(|://|^[A-Za-z_$][\w$]{0,24}(?:[.|:&=?!][\w$.|:&=?!-]{0,24})+$"
)
_PASSWORDS = frozenset({"password", "passwd", "postgres", "secret", "admin", "root", "user", "pass", "test"})


def _not_words(text: str) -> bool:
    """Whether it is more than words in one case: `re_` and `sk_` begin ordinary names too."""
    return re.fullmatch(r"[a-z_-]+|[A-Z_-]+", text) is None


def _long_part(text: str) -> bool:
    """Whether it has a part of some length that is mixed: `sk-` begins class names too."""
    return any(len(part) >= 16 and is_mixed(part) for part in re.split(r"[-_]", text))


def _a_value(text: str) -> bool:
    """Whether what stands behind `TOKEN=` is a value, not code, a path or words."""
    return is_mixed(text) and is_random(text) and _CODE.search(text) is None


def _a_password(text: str) -> bool:
    return text.lower() not in _PASSWORDS and not text.startswith(("$", "<", "{", "%24"))


# Nothing of a name before it; the `n` of a line's end that JSON has escaped is none.
_START = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))"
_TOKEN = r"[A-Za-z0-9_-]"  # noqa: S105 - a character class
_GAP = r"(?:\s|\\[nr]|[\"'+,|>]|\d{1,6}[\t:])"  # between the lines of a key: quotes, line numbers
_NAMES: tuple[str, ...] = ("SECRET", "TOKEN", "PASSWORD", "PASSWD", "API_KEY", "APIKEY", "ACCESS_KEY")
_NAMES += ("PRIVATE_KEY", "DEPLOY_KEY", "ADMIN_KEY", "SECRET_KEY", "AUTH_KEY")
_SPELT = tuple(
    dict.fromkeys(
        spelt
        for name in _NAMES
        for camel in [name.title().replace("_", "")]
        for spelt in (name, name.lower(), name.lower().replace("_", "-"), camel, camel[0].lower() + camel[1:])
    )
)


def _shape(
    name: str, anchors: str, rest: str, variable: str = "", judge: Callable[[str], bool] | None = None
) -> Shape:
    """A shape of a prefix (several with spaces between) and what follows it."""
    first = tuple(anchors.split())
    either = "|".join(map(re.escape, first))
    return Shape(name, first, f"{_START}(?:{either}){rest}", variable, judge=judge)


SHAPES: tuple[Shape, ...] = (
    Shape(
        "a private key",
        ("-----BEGIN ",),
        rf"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
        rf"(?:{_GAP}|[A-Za-z-]{{1,40}}: [^\n\\]{{1,100}}(?=[\n\\]))*+"
        rf"[A-Za-z0-9+/=]{{16,}}+(?:{_GAP}++[A-Za-z0-9+/=]++)*+(?:{_GAP}*-----END [A-Z0-9 ]+-----)?",
        "JWT_PRIVATE_KEY",
    ),
    _shape("an Anthropic key", "sk-ant-", f"{_TOKEN}{{20,}}", "ANTHROPIC_API_KEY"),
    _shape("an OpenRouter key", "sk-or-", f"{_TOKEN}{{20,}}", "OPENROUTER_API_KEY"),
    _shape("an OpenAI key", "sk-proj- sk-svcacct- sk-admin-", f"{_TOKEN}{{20,}}", "OPENAI_API_KEY"),
    Shape(
        "a key that begins with sk-",
        ("sk-",),
        f"{_START}sk-(?!ant-|or-|proj-|svcacct-|admin-){_TOKEN}{{20,}}",
        "OPENAI_API_KEY",
        judge=_long_part,
    ),
    _shape("a Stripe key", "sk_live_ rk_live_ sk_test_ rk_test_", "[A-Za-z0-9]{16,}", "STRIPE_SECRET_KEY"),
    _shape("a webhook's secret", "whsec_", "[A-Za-z0-9+/=]{20,}", "STRIPE_WEBHOOK_SECRET"),
    _shape("a Resend key", "re_", "[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}", "AUTH_RESEND_KEY", _not_words),
    _shape("a SendGrid key", "SG.", rf"{_TOKEN}{{16,}}\.{_TOKEN}{{16,}}", "SENDGRID_API_KEY"),
    _shape("a Mailgun key", "key-", r"[0-9a-f]{32}\b", "MAILGUN_API_KEY"),
    Shape(
        "a Convex deploy key",
        ("prod:", "dev:", "preview:", "project:"),
        rf"{_START}(?:prod|dev|preview|project):[A-Za-z0-9:._-]{{1,120}}\|(?P<key>[A-Za-z0-9+/=_-]{{20,}})",
        "CONVEX_DEPLOY_KEY",
        judge=is_mixed,
    ),
    Shape(
        "a Convex admin key",
        tuple(f"|{digit}" for digit in "0123456789abcdef"),
        r"(?<=[a-z0-9-]{3})\|(?P<key>[0-9a-f]{60,})",
        "CONVEX_SELF_HOSTED_ADMIN_KEY",
    ),
    Shape(
        "a Google key", ("AIza",), rf"{_START}AIza{_TOKEN}{{35}}(?!{_TOKEN})", "GOOGLE_API_KEY", sure=False
    ),
    _shape("a Google secret", "GOCSPX- ya29.", f"{_TOKEN}{{24,}}", "GOOGLE_CLIENT_SECRET"),
    _shape("a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", "[A-Za-z0-9]{36,}", "GITHUB_TOKEN"),
    _shape("a GitHub token", "github_pat_", r"\w{50,}", "GITHUB_TOKEN"),
    _shape("a GitLab token", "glpat-", f"{_TOKEN}{{20,}}", "GITLAB_TOKEN"),
    _shape("a Slack token", "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-", "[A-Za-z0-9-]{10,}",
           "SLACK_TOKEN"),
    _shape("a Slack webhook", "https://hooks.slack.com/services/", r"[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{16,}",
           "SLACK_WEBHOOK_URL"),
    _shape("an AWS key", "AKIA ASIA", r"[0-9A-Z]{16}\b", "AWS_ACCESS_KEY_ID"),
    _shape("an npm token", "npm_", r"[A-Za-z0-9]{36}\b", "NPM_TOKEN"),
    _shape("a PyPI token", "pypi-", f"{_TOKEN}{{60,}}", "PYPI_TOKEN"),
    _shape("a Hugging Face token", "hf_", "[A-Za-z0-9]{30,}", "HF_TOKEN"),
    _shape("a Replicate token", "r8_", "[A-Za-z0-9]{36,}", "REPLICATE_API_TOKEN"),
    _shape("a Groq key", "gsk_", "[A-Za-z0-9]{40,}", "GROQ_API_KEY"),
    _shape("an xAI key", "xai-", "[A-Za-z0-9]{60,}", "XAI_API_KEY"),
    _shape("a Perplexity key", "pplx-", "[A-Za-z0-9]{40,}", "PERPLEXITY_API_KEY"),
    _shape("a Tavily key", "tvly-", f"{_TOKEN}{{20,}}", "TAVILY_API_KEY"),
    _shape("an ElevenLabs key", "sk_", r"[0-9a-f]{48}\b", "ELEVENLABS_API_KEY"),
    _shape("a Twilio key", "SK", r"[0-9a-f]{32}\b", "TWILIO_API_KEY"),
    _shape("a Linear key", "lin_api_", "[A-Za-z0-9]{40}", "LINEAR_API_KEY"),
    _shape("a Notion token", "ntn_ secret_", "[A-Za-z0-9]{40,}", "NOTION_TOKEN"),
    _shape("a DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", "[0-9a-f]{64}", "DIGITALOCEAN_TOKEN"),
    _shape("a Shopify token", "shpat_ shpca_ shppa_ shpss_", "[0-9a-fA-F]{32}", "SHOPIFY_TOKEN"),
    _shape("a Square token", "sq0atp- sq0csp-", f"{_TOKEN}{{22,}}", "SQUARE_ACCESS_TOKEN"),
    _shape("a Supabase key", "sb_secret_ sbp_", f"{_TOKEN}{{20,}}", "SUPABASE_SECRET_KEY"),
    _shape("a Vault token", "hvs. hvb.", f"{_TOKEN}{{24,}}", "VAULT_TOKEN"),
    _shape("a Databricks token", "dapi", r"[0-9a-f]{32}\b", "DATABRICKS_TOKEN"),
    _shape("a PostHog key", "phx_", "[A-Za-z0-9]{40,}", "POSTHOG_PERSONAL_API_KEY"),
    _shape("a Doppler token", "dp.pt. dp.st.", r"[A-Za-z0-9.]{40,}", "DOPPLER_TOKEN"),
    Shape("a Telegram token", (":AA",), rf"(?<=\d{{8}}):AA{_TOKEN}{{33}}", "TELEGRAM_BOT_TOKEN"),
    Shape(
        "a signed token",
        ("eyJ",),
        rf"{_START}eyJ{_TOKEN}{{10,}}\.eyJ{_TOKEN}{{10,}}\.{_TOKEN}{{16,}}",
        "ACCESS_TOKEN",
        sure=False,
    ),
    Shape(
        "a password in an address",
        ("://",),
        r"://[^\s:/@'\"<>\x80-\xff]{0,100}:(?P<key>[^\s/@'\"<>\x80-\xff]{4,200})@[A-Za-z0-9\[]",
        "DATABASE_URL",
        sure=False,
        judge=_a_password,
    ),
    Shape(
        "a bearer token",
        ("Bearer ", "bearer "),
        r"[Bb]earer (?P<key>[A-Za-z0-9._~+/=-]{20,})",
        "ACCESS_TOKEN",
        sure=False,
        judge=_a_value,
    ),
    Shape(
        "a value under a secret's name",
        tuple(f"{name}{sign}" for name in _SPELT for sign in ("=", ":", '"', "'", " =", " :", " is ")),
        rf"(?:{'|'.join(sorted(_SPELT, key=len, reverse=True))})[\"']?\s{{0,3}}(?:[:=]|=>|is)\s{{0,3}}"
        r"[\"'`]?(?P<key>[^\s\"'`,;(){}<>\[\]\x80-\xff]{16,400})",
        sure=False,
        judge=_a_value,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A key of some shape in a text: where its secret part begins and ends, in UTF-8 bytes."""

    shape: Shape
    start: int
    end: int


_ANCHORS = tuple((anchor, shape) for shape in SHAPES for anchor in shape.anchors)
_SEARCH = BytesAhoCorasick(
    [anchor.encode() for anchor, _ in _ANCHORS],
    matchkind=MatchKind.Standard,
    implementation=Implementation.DFA,
)
LONGEST_ANCHOR = max(len(anchor) for anchor, _ in _ANCHORS)


def anchored(data: bytes) -> Iterator[tuple[int, Shape]]:
    """Every place where a shape may begin, and the shape."""
    for index, start, _ in _SEARCH.find_matches_as_indexes(data, overlapping=True):
        yield start, _ANCHORS[index][1]


def find(text: str) -> Iterator[Found]:
    """All keys in a text; one key may have two shapes."""
    data = text.encode("utf-8", "surrogatepass")
    for at, shape in anchored(data):
        if (span := shape.span_at(data, at)) is not None:
            yield Found(shape, *span)
