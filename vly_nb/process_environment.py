"""What a program gets to see of the environment: no secrets, no colours, no questions."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

PASSED = re.compile(
    r"""(?x)
    PATH | HOME | LANG | LANGUAGE | LC_\w+ | TMPDIR | TZ | USER | LOGNAME | SHELL | XDG_\w+
    | (HTTPS? | NO | ALL)_PROXY | (https? | no | all)_proxy
    | SSL_CERT_FILE | SSL_CERT_DIR | NODE_EXTRA_CA_CERTS
    | PNPM_HOME | VOLTA_HOME | NVM_DIR | ASDF_DIR | ASDF_DATA_DIR
    | (?i: npm_config_ (registry | cache | prefix | userconfig | globalconfig | cafile | strict_ssl
        | (https_ | no)? proxy | store_dir | prefer_offline | offline | fetch_timeout | before) )
    """
)
"""Names that may pass; everything else (keys, tokens, NODE_OPTIONS, PYTHONPATH) stays behind."""

SECRET_NAME = re.compile(r"(?i)key|token|secret|passw|_auth")
LOGIN = re.compile(r"://[^/@\s]*@")  # https://name:password@host

FIXED = {
    "TERM": "dumb",
    "CI": "1",
    "NO_COLOR": "1",
    "FORCE_COLOR": "0",
    "AI_AGENT": "vly_nb",  # convex >= 1.48 then lists names of variables only
    "PAGER": "cat",
    "npm_config_update_notifier": "false",
    "npm_config_fund": "false",
    "npm_config_audit": "false",
    # Git: nobody's settings, no questions, no programs named by a project's own .git/config.
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_CONFIG_COUNT": "2",
    "GIT_CONFIG_KEY_0": "core.fsmonitor",
    "GIT_CONFIG_VALUE_0": "false",
    "GIT_CONFIG_KEY_1": "core.hooksPath",
    "GIT_CONFIG_VALUE_1": os.devnull,
}


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a program gets to see: no secrets, no colours, no questions.

    A short list of names passes (proxies, certificates and npm's registry among
    them), `extra` is added as it is. PATH loses its relative entries: they would
    run programs out of the project.
    """
    seen = {
        name: value
        for name, value in os.environ.items()
        if PASSED.fullmatch(name)
        and not SECRET_NAME.search(name)
        and not (LOGIN.search(value) and not name.lower().endswith("proxy"))
    }
    folders = seen.get("PATH", os.defpath).split(os.pathsep)
    seen["PATH"] = os.pathsep.join(f for f in folders if Path(f).is_absolute())
    if not any(name in seen for name in ("LANG", "LC_ALL", "LC_CTYPE")):
        seen["LANG"] = "C.UTF-8"
    return {**seen, **FIXED, **(extra or {})}
