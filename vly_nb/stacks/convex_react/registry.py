"""Registry: where packages come from, by the person's own settings, and how far pnpm reaches for them.

pnpm is asked at the disk's root, where no project's settings count: a project may
name any registry it likes, and only those that the person named are reached.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from vly_nb.processes import run
from vly_nb.project.confine import Confinement, Reach, owner
from vly_nb.sandbox.proxy import Host, Proxy, host_of, own_proxy
from vly_nb.sandbox.sandbox import Box, Tier

MORE_HOSTS = "VLY_NB_HOSTS"  # the person's: more names to be reached, with commas between
NEUTRAL = Path("/")
ADDRESSES = re.compile(r"registry|@[^/]*:registry")
FILES = ("userconfig", "globalconfig", "npm-globalconfig", "cafile")
LONGEST = 2_000_000  # characters of pnpm's settings, certificates and all


@dataclass(frozen=True, slots=True)
class Registry:
    """The registries' hosts, the person's files of settings, pnpm's store, and the person's proxy."""

    hosts: frozenset[Host]
    settings: tuple[Path, ...]
    store: Path | None
    proxy: str


@dataclass(frozen=True, slots=True)
class Held:
    """pnpm in its box: what it may reach, what it is told, and the proxy it goes through."""

    box: Box
    env: Mapping[str, str]
    proxy: Proxy

    @property
    def refused(self) -> str:
        """A sentence about hosts that it asked for in vain; "" when it did not."""
        if not self.proxy.refused or self.box.tier is Tier.D:
            return ""
        return (
            f"The sandbox lets it reach the person's own registry only; it asked for "
            f"{', '.join(self.proxy.refused[:5])} (more hosts: the environment's {MORE_HOSTS})."
        )


@asynccontextmanager
async def held(pnpm: Sequence[str], confinement: Confinement) -> AsyncIterator[Held]:
    """A box for pnpm as long as the block runs: the registry, its store and cache, node_modules."""
    found = await registry(pnpm)
    async with Proxy(
        found.hosts, upstream=lambda scheme, host: found.proxy or own_proxy(scheme, host)
    ) as proxy:
        mine = owner(confinement.root) is None  # another user's store is of no use to it
        store = _store(found, confinement.root) if mine else None
        places = [place for place in (store, _cache()) if place is not None and mine and _made(place)]
        box = await confinement.box(
            Reach(
                installs=True,
                network=proxy.address,
                proxy=proxy.url,
                home=mine,
                readable=[*found.settings, *_installation(pnpm)],
                writable=places,
            )
        )
        env = {"npm_config_store_dir": str(store)} if store else {}
        if box.tier is not Tier.D:  # over what .npmrc says of proxies
            env |= {
                "npm_config_https_proxy": proxy.url,
                "npm_config_proxy": proxy.url,
                "npm_config_noproxy": "",
            }
        yield Held(box, env, proxy)


_known: dict[tuple[str, ...], Registry] = {}


async def registry(pnpm: Sequence[str]) -> Registry:
    """What pnpm says of the person's settings, asked once; when it says nothing, nothing is reached."""
    about = ("home", "xdg_config_home", "xdg_data_home", MORE_HOSTS.lower())
    key = (
        *pnpm,
        *(f"{n}={v}" for n, v in sorted(os.environ.items()) if n.lower().startswith(("npm_config", *about))),
    )
    if key not in _known:
        told: dict[str, object] = {}
        with suppress(ValueError):
            told = dict(json.loads(await _asked(pnpm, "config", "list", "--json")))
        told.setdefault("registry", await _asked(pnpm, "config", "get", "registry"))
        _known[key] = _read(told, await _asked(pnpm, "store", "path"))
    return _known[key]


async def _asked(pnpm: Sequence[str], *arguments: str) -> str:
    done = await run([*pnpm, *arguments], cwd=NEUTRAL, timeout=60, limit=LONGEST)
    return done.output.strip() if done.ok else ""


def _read(told: Mapping[str, object], store: str) -> Registry:
    addresses = [str(value) for name, value in told.items() if ADDRESSES.fullmatch(name)]
    hosts = {host for address in addresses if (host := host_of(address, told=True))}
    hosts |= {
        Host(name.strip().lower(), 443) for name in os.environ.get(MORE_HOSTS, "").split(",") if name.strip()
    }
    named = [Path(str(told[name])) for name in FILES if told.get(name)]
    home = (Path.home() / ".npmrc",)
    auth = tuple(place.parent / "auth.ini" for place in named if place.name == "rc")
    proxy = str(told.get("https-proxy") or told.get("proxy") or "")
    there = tuple(place for place in (*named, *home, *auth) if place.is_file())
    return Registry(frozenset(hosts), there, Path(store) if store.startswith("/") else None, proxy)


def _store(found: Registry, root: Path) -> Path | None:
    """pnpm's store; the one that node_modules was installed from, if it is the disk's own."""
    with suppress(OSError):
        text = (root / "node_modules" / ".modules.yaml").read_text("utf-8")[:LONGEST]
        if said := re.search(r'^\s*"?storeDir"?:\s*"?([^"\n,]+)', text, re.MULTILINE):
            place = Path(said[1].strip())
            if place.parent.name == ".pnpm-store" and os.path.ismount(place.parent.parent):
                return place
    return found.store


def _cache() -> Path:
    mac = sys.platform == "darwin"
    return (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ("Library/Caches" if mac else ".cache"))
        / "pnpm"
    )


def _installation(pnpm: Sequence[str]) -> list[Path]:
    """Where a pnpm that was fetched lies: above its `node_modules`."""
    return [
        above
        for word in pnpm[:1]
        for above in Path(word).parents
        if (above / "node_modules" / "pnpm").is_dir()
    ]


def _made(place: Path) -> bool:
    with suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
    return place.is_dir()
