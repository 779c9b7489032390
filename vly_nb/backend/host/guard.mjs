// What functions may not reach, and what is caught: fetch, the mail with a sign-in code, the console.
import { inspect } from "node:util";

import { trace } from "./world.mjs";

const MOST_LINES = 256; // of one call, as Convex has it
const LONGEST_LINE = 4000;
const MOST_MAILS = 50;
const MAIL_HOSTS = new Set([
  "api.resend.com",
  "api.sendgrid.com",
  "api.postmarkapp.com",
  "api.mailgun.net",
  "email.vly.ai",
]);
const CODE = /(?<![\w-])(\d{4,8})(?![\w-])/;

/** Mails that functions meant to send: kept here, never sent. */
export class Mailbox {
  constructor() {
    this.mails = [];
    this.number = 0;
  }

  /** Keep what a mail service was to be told; its code is the first number of four to eight digits. */
  keep(host, body) {
    let told = {};
    try {
      told = JSON.parse(body);
    } catch {
      told = Object.fromEntries(new URLSearchParams(body));
    }
    const to = [told.to ?? told.To ?? told.personalizations?.[0]?.to ?? ""]
      .flat()
      .map((one) => (typeof one === "string" ? one : (one?.email ?? "")))
      .join(", ");
    const subject = text(told.subject ?? told.Subject ?? "");
    const content = text(
      told.otp ?? told.text ?? told.TextBody ?? told.html ?? told.HtmlBody ?? told.content?.[0]?.value ?? "",
    );
    const code =
      CODE.exec(text(told.otp ?? ""))?.[1] ?? CODE.exec(subject)?.[1] ?? CODE.exec(content)?.[1] ?? "";
    const mail = {
      number: ++this.number,
      when: Date.now(),
      host,
      to: to.slice(0, 300),
      subject: subject.slice(0, 300),
      text: content.slice(0, 4000),
      code,
    };
    this.mails = [...this.mails, mail].slice(-MOST_MAILS);
    return mail;
  }
}

function text(value) {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Put the guard on this process's globals; before convex-test looks at them. */
export function guard({ mailbox, allowed, through, log }) {
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (MAIL_HOSTS.has(url.hostname) && request.method === "POST") {
      const mail = mailbox.keep(url.hostname, (await request.text()).slice(0, 1_000_000));
      log(`A mail to ${mail.to} was kept, not sent: see \`%vly backend\` for what it says.`);
      return Response.json({ id: `stand-in-${mail.number}`, success: true }, { status: 200 });
    }
    if (allowed.has(url.origin) && through !== null) return await through(request);
    const name = url.protocol === "https:" ? url.host : url.origin;
    throw new TypeError(
      `fetch to ${url.host} is refused: the stand-in has no network. The person may allow it: \`%vly backend allow ${name}\`; what needs a key works on a deployment of Convex (\`%vly backend deployment\`).`,
    );
  };
  globalThis.WebSocket = undefined;
  for (const level of ["debug", "log", "info", "warn", "error"]) {
    const real = console[level].bind(console);
    console[level] = (...words) => {
      const store = trace.getStore();
      const said = words
        .map((word) => inspect(word, { depth: 6, maxArrayLength: 100, maxStringLength: LONGEST_LINE }))
        .join(" ");
      const line = `[${level === "log" ? "LOG" : level.toUpperCase()}] ${said}`.slice(0, LONGEST_LINE);
      if (store === undefined) return real(line);
      if (store.lines.length < MOST_LINES) store.lines.push(line);
      log(line);
    };
  }
}
