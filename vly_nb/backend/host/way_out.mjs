// The way out of the box, to hosts that the person allowed: a proxy of vly's, which knows them and refuses all others.
// Node's own fetch can't be told of a proxy before Node 24, so undici, from which it was made, is brought along.
import { createRequire } from "node:module";
import path from "node:path";

/** A fetch of a Request through the proxy; null where nothing is allowed. */
export async function wayOut(packages, proxy) {
  if (!proxy) return null;
  const { ProxyAgent, fetch } = createRequire(path.join(packages, "package.json"))("undici");
  const address = new URL(proxy);
  const login = Buffer.from(`${address.username}:${address.password}`).toString("base64");
  const dispatcher = new ProxyAgent({ uri: address.origin, token: `Basic ${login}` });
  return async (request) => {
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const { method, redirect, signal } = request;
    const headers = Object.fromEntries(request.headers);
    const answer = await fetch(request.url, { method, headers, body, redirect, signal, dispatcher });
    const empty = [101, 204, 205, 304].includes(answer.status);
    const { status, statusText } = answer;
    const response = new Response(empty ? null : answer.body, { status, statusText, headers: [...answer.headers] });
    Object.defineProperty(response, "url", { value: answer.url });
    Object.defineProperty(response, "redirected", { value: answer.redirected });
    return response;
  };
}
