"""Rivals: packages that do, with an account of their own, what the built-in integrations do.

Where a project has @vly-ai/integrations the person is asked before one of these is added. They are
known by their exact names: Convex's components (@convex-dev/resend) are none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vly_nb.stacks.convex_react.layout import loaded, table
from vly_nb.stacks.convex_react.pnpm import PACKAGE

BUILT_IN = "@vly-ai/integrations"
_AI = (
    "openai @anthropic-ai/sdk @google/generative-ai @google/genai @google-cloud/vertexai openrouter "
    "@openrouter/sdk @openrouter/ai-sdk-provider @mistralai/mistralai cohere-ai groq-sdk together-ai "
    "replicate @huggingface/inference ollama @azure/openai @aws-sdk/client-bedrock-runtime @fal-ai/client "
    "elevenlabs ai langchain llamaindex"
)
_MAIL = (
    "resend @sendgrid/mail nodemailer postmark mailgun.js mailgun-js @mailchimp/mailchimp_transactional "
    "@aws-sdk/client-ses @aws-sdk/client-sesv2 emailjs @emailjs/browser @getbrevo/brevo mailersend "
    "node-mailjet"
)
_PAYMENT = (
    "stripe @stripe/stripe-js @stripe/react-stripe-js @paddle/paddle-js @paddle/paddle-node-sdk "
    "@paypal/paypal-server-sdk @paypal/react-paypal-js @lemonsqueezy/lemonsqueezy.js square razorpay "
    "braintree @mollie/api-client"
)
_FAMILIES = ("@ai-sdk/", "@langchain/")
_KINDS = {
    **dict.fromkeys(_AI.split(), "AI"),
    **dict.fromkeys(_MAIL.split(), "e-mail"),
    **dict.fromkeys(_PAYMENT.split(), "payments"),
}
_INSTEAD = {
    "AI": f"{BUILT_IN}, which the app has, does AI with no account or key of its own",
    "e-mail": f"{BUILT_IN}, which the app has, sends e-mail with no account or key of its own",
    "payments": f"it needs an account and keys of your own, which {BUILT_IN} doesn't bring",
}


def question(root: Path, packages: Sequence[str]) -> str:
    """What to ask the person before these packages (`name`, `name@range`) are added; "" for nothing."""
    package = loaded(root / "package.json")
    if BUILT_IN not in {**table(package, "dependencies"), **table(package, "devDependencies")}:
        return ""
    names = [_name(package) for package in packages if PACKAGE.fullmatch(package)]
    kinds = {name: kind for name in names if (kind := _kind(name))}
    reasons = "; ".join(dict.fromkeys(_INSTEAD[kind] for kind in kinds.values()))
    return f"Add {', '.join(kinds)}? Know that {reasons}." if kinds else ""


def _kind(name: str) -> str:
    return "AI" if name.startswith(_FAMILIES) else _KINDS.get(name, "")


def _name(package: str) -> str:
    """`@scope/name@^1` without its range."""
    at = package.find("@", 1)
    return package[:at] if at > 0 else package
