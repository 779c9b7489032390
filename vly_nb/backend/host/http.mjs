// The HTTP face: a deployment's own addresses, the app's routes, and what vly asks (/_vly/…).
import { timingSafeEqual } from "node:crypto";

import { encodeTs, readdressed } from "./sync.mjs";
import { NOBODY } from "./identity.mjs";

const MOST_BODY = 8 * 1024 * 1024; // bytes of a call
const MOST_FILE = 64 * 1024 * 1024;
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;
const THROUGH_PROXY = /^\/(?:[\w.~@%-]+\/)*?proxy\/(?:absolute\/)?\d+(?=\/)/;
const PAGE = /^\/_page\/([\w-]{20,100})(?=\/|$)/; // the app's own page, where it has another address than this machine's
const FAILED = 560; // as Convex answers when a function threw

/**
 * A page of the open web may not talk to a program of this machine: neither as itself nor under a name.
 * The app's own page may, from wherever it is shown: it was told a key, and shows it in the path.
 */
export function allowed(request, at, hosts) {
  if (at.isPage) return true;
  const host = request.headers.host ?? "";
  if (!LOOPBACK.test(host) && !hosts.has(host)) return false;
  const origin = request.headers.origin;
  if (origin === undefined) return true;
  try {
    const named = new URL(origin).host;
    return LOOPBACK.test(named) || hosts.has(named);
  } catch {
    return false;
  }
}

/** What was asked for, without what a notebook server's proxy and the page's key put in front of the path. */
export function asked(request, pageKey) {
  const url = new URL(request.url, "http://stand-in");
  const path = url.pathname.replace(THROUGH_PROXY, "");
  const shown = PAGE.exec(path);
  const isPage = shown !== null && same(shown[1], pageKey ?? "");
  const inFront = url.pathname.slice(0, url.pathname.indexOf("/_page/"));
  const origin = request.headers.origin;
  return {
    // where the page, which is elsewhere, finds this stand-in; "" when it is here
    from: isPage && /^https?:\/\/[^/]+$/.test(origin ?? "") ? `${origin}${inFront}${shown[0]}` : "",
    path: isPage ? path.slice(shown[0].length) || "/" : path,
    search: url.search,
    query: url.searchParams,
    isPage,
  };
}

function same(one, other) {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export class Face {
  constructor({ world, calls, identities, store, hosts, pageKey, own, variables }) {
    Object.assign(this, { world, calls, identities, store, hosts, pageKey, own, variables });
  }

  /** Answer one request; never throws. */
  async answer(request, response) {
    try {
      const at = asked(request, this.pageKey);
      if (!allowed(request, at, this.hosts))
        return send(response, 403, {
          code: "Forbidden",
          message: "This address is for programs of this machine.",
        });
      const found = await this.#route(request, at);
      cors(request, response);
      if (found instanceof Response) await passOn(found, response);
      else send(response, found.status ?? 200, found.body);
    } catch (error) {
      if (response.headersSent) return response.destroy();
      cors(request, response);
      send(response, error.status ?? 400, {
        code: error.code ?? "BadRequest",
        message: String(error.message ?? error).slice(0, 2000),
      });
    }
  }

  async #route(request, at) {
    if (request.method === "OPTIONS" && at.path.startsWith("/api/")) return { status: 204, body: "" };
    if (at.path === "/version") return { body: "stand-in" };
    if (at.path === "/instance_name") return { body: "stand-in" };
    if (at.path.startsWith("/_vly/")) return await this.#own(request, at);
    if (at.path === "/api/query_ts") return { body: { ts: encodeTs(this.world.ts) } };
    const call = /^\/api\/(query|query_at_ts|mutation|action|function|run)(?:\/(.+))?$/.exec(at.path);
    if (call && request.method === "POST") return await this.#call(request, at, call[1], call[2]);
    if (at.path === "/api/update_environment_variables") return await this.#variables(request);
    if (at.path === "/api/storage/upload" && request.method === "POST")
      return await this.#upload(request, at.query);
    if (at.path.startsWith("/api/storage/")) return this.#file(at);
    return await this.#site(request, at);
  }

  async #call(request, at, kind, name) {
    const body = parsed(await read(request, MOST_BODY));
    const caller = await this.#caller(request);
    const type =
      { query: "query", query_at_ts: "query", mutation: "mutation", action: "action" }[kind] ?? "any";
    const path = kind === "run" ? decodeURIComponent(name ?? "").replace(/\/([^/]*)$/, ":$1") : body.path;
    const done = await this.calls.call(path, body.args, {
      type,
      caller,
      component: body.componentPath ?? "",
    });
    if (done.ok) {
      const answer = JSON.stringify({ status: "success", value: done.value, logLines: done.lines });
      return json(readdressed(answer, this.world.origin, at.from));
    }
    return {
      status: FAILED,
      body: { status: "error", errorMessage: done.message, errorData: done.data, logLines: done.lines },
    };
  }

  async #caller(request) {
    try {
      return await this.identities.ofHeader(request.headers.authorization);
    } catch (error) {
      throw Object.assign(error, { status: 401, code: "Unauthenticated" });
    }
  }

  async #own(request, at) {
    const caller = await this.#caller(request);
    if (!caller.admin)
      throw Object.assign(new Error("This needs the stand-in's admin key."), {
        status: 403,
        code: "Forbidden",
      });
    const work = Object.hasOwn(this.own, at.path.slice(6)) ? this.own[at.path.slice(6)] : undefined;
    if (work === undefined || request.method !== "POST")
      throw Object.assign(new Error("There is no such address."), { status: 404 });
    return Response.json((await work(parsed(await read(request, MOST_BODY)))) ?? null);
  }

  /** `convex env set`: until the stand-in ends. */
  async #variables(request) {
    if (!(await this.#caller(request)).admin)
      throw Object.assign(new Error("This needs the admin key."), { status: 403 });
    const { changes = [] } = parsed(await read(request, MOST_BODY));
    for (const { name, value } of changes) {
      if (!/^[A-Za-z_]\w{0,255}$/.test(name)) throw new Error("That is no variable's name.");
      if (value === null || value === undefined) delete this.variables[name];
      else this.variables[name] = String(value);
    }
    await this.own.push({});
    return { body: "" };
  }

  // -- files ----------------------------------------------------------------------

  async #upload(request, query) {
    const token = query.get("token");
    if (!this.world.uploads.has(token) || this.world.uploads.get(token) < Date.now()) {
      throw Object.assign(new Error("The upload URL has expired, or was used."), { status: 401 });
    }
    this.world.uploads.delete(token);
    const type = String(request.headers["content-type"] ?? "").slice(0, 200);
    const blob = new Blob([await read(request, MOST_FILE)], { type });
    const storageId = await this.world.storeBlob(blob);
    return { body: { storageId } };
  }

  #file({ path, query }) {
    const id = path.slice("/api/storage/".length);
    const component = query.get("in") ?? "";
    const key = query.get("key") ?? "";
    const blob =
      key === this.world.fileKey(component, id) ? this.world.db(component)?._storage[id] : undefined;
    const doc = this.world.db(component)?._documents[id];
    if (!blob || !doc)
      throw Object.assign(new Error("File not found"), { status: 404, code: "FileNotFound" });
    return new Response(blob, {
      headers: {
        "content-type": doc.contentType ?? "application/octet-stream",
        "content-security-policy": "sandbox",
        "x-content-type-options": "nosniff",
        "cache-control": "private, max-age=2592000",
      },
    });
  }

  // -- the app's own routes ----------------------------------------------------------

  async #site(request, at) {
    const path = at.path.startsWith("/http/") ? at.path.slice(5) : at.path;
    const method = request.method === "HEAD" ? "GET" : request.method;
    if (!this.world.http?.lookup(path, method)) {
      return new Response("No matching routes found", { status: 404 });
    }
    const body = ["GET", "HEAD"].includes(request.method) ? undefined : await read(request, MOST_BODY);
    const headers = Object.entries(request.headers).filter(
      ([name]) => !["host", "connection", "content-length", "transfer-encoding"].includes(name),
    );
    const caller = await this.identities.ofHeader(request.headers.authorization).catch(() => NOBODY);
    const test = caller.identity ? this.world.test.withIdentity(caller.identity) : this.world.test;
    try {
      return await test.fetch(`${path}${at.search}`, { method: request.method, headers, body });
    } catch (error) {
      console.error(`${method} ${path} failed: ${error.stack ?? error}`);
      return Response.json(
        { code: "InternalServerError", message: "Your request couldn't be completed. Try again later." },
        { status: 500 },
      );
    }
  }
}

function json(text) {
  return new Response(text, { headers: { "content-type": "application/json" } });
}

function cors(request, response) {
  if (!request.headers.origin || response.headersSent) return;
  response.setHeader("access-control-allow-origin", request.headers.origin);
  response.setHeader(
    "access-control-allow-headers",
    String(request.headers["access-control-request-headers"] ?? "*").replace(/[^\w, *-]/g, ""),
  );
  response.setHeader("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE, OPTIONS");
  response.setHeader("vary", "origin");
}

function send(response, status, body) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, {
    "content-type": typeof body === "string" ? "text/plain" : "application/json",
  });
  response.end(text);
}

async function passOn(found, response) {
  const body = Buffer.from(await found.arrayBuffer());
  const cookies = found.headers.getSetCookie();
  const headers = Object.fromEntries([...found.headers].filter(([name]) => name !== "set-cookie"));
  response.writeHead(found.status, cookies.length ? { ...headers, "set-cookie": cookies } : headers);
  response.end(body);
}

async function read(request, most) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size > most)
      throw Object.assign(new Error(`The request is larger than ${most} bytes.`), { status: 413 });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function parsed(bytes) {
  const found = JSON.parse(bytes.toString() || "{}");
  if (found === null || typeof found !== "object" || Array.isArray(found))
    throw new Error("The body is an object.");
  return found;
}
