"""What would run until someone stops it, and what publishes."""

from __future__ import annotations

import re

from vly_nb.tools.commands.found.javascript import MANAGERS, script_run, told
from vly_nb.tools.commands.found.mention import Mention
from vly_nb.tools.commands.refusals.sentences import DEPLOYS, PUBLISHES, SERVERS
from vly_nb.tools.commands.surroundings import Surroundings

SERVER = re.compile(r"(?:\w+:)?(?:dev|start|serve|preview|watch|develop)(?:[:-].*)?")
DEPLOY = re.compile(r"(?:\w+:)?(?:deploy|release|publish)(?:[:-].*)?")
PLAIN = frozenset({"dev", "start", "serve", "preview"})
PROGRAMS = frozenset(
    {"serve", "http-server", "live-server", "nodemon", "jupyter", "ngrok", "cloudflared", "localtunnel"}
)
SERVE = frozenset({"dev", "start", "preview", "serve"})
VERBS = {
    **dict.fromkeys(("next", "astro", "nuxt", "nuxi", "remix", "react-router", "storybook"), SERVE),
    **dict.fromkeys(("webpack", "react-scripts", "ng"), SERVE | {"watch"}),
}
VITE_ENDS = frozenset({"build", "optimize", "--version", "-v", "--help", "-h"})
DEPLOYS_IT = frozenset({"deploy", "publish", "up"})
CLOUDS = {
    **dict.fromkeys(("netlify", "wrangler", "firebase", "fly", "flyctl", "railway", "amplify"), DEPLOYS_IT),
    "gh": frozenset({"release"}),
}
PUBLISHERS = frozenset({"gh-pages", "surge", "semantic-release", "release-it", "np"})


def publishing(mention: Mention, around: Surroundings) -> str:
    """What puts the app or a package where others get it."""
    asked = script_run(mention)
    if asked is not None and DEPLOY.fullmatch(asked[0]) and asked[0] not in around.scripts:
        return DEPLOYS
    if mention.name in MANAGERS and told(mention)[:1] == ["publish"] and "--dry-run" not in mention.arguments:
        return PUBLISHES
    first = set(mention.operands[:1])
    if mention.name == "vercel" and (not mention.operands or first & {"deploy", "promote"}):
        return "" if {"--version", "--help", "-v", "-h"} & set(mention.arguments) else PUBLISHES
    if mention.name in PUBLISHERS or first & CLOUDS.get(mention.name, frozenset()):
        return PUBLISHES
    return ""


def servers(mention: Mention, around: Surroundings) -> str:
    """A server; a script that only sounds like one is judged by its text."""
    name, operands = mention.name, mention.operands
    asked = script_run(mention)
    if asked is not None and (
        asked[0] in PLAIN or (SERVER.fullmatch(asked[0]) and asked[0] not in around.scripts)
    ):
        return SERVERS
    if name == "vite" and not VITE_ENDS & set(mention.arguments):
        return SERVERS
    if name in PROGRAMS and not {"--version", "--help", "-v", "-h"} & set(mention.arguments):
        return SERVERS
    if set(operands[:1]) & VERBS.get(name, frozenset()):
        return SERVERS
    return (
        SERVERS if name.startswith("python") and {"http.server", "SimpleHTTPServer"} & set(operands) else ""
    )
