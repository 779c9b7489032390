// The pair of keys that signs log-ins here, and nowhere else: made once, kept beside the data.
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** `{JWT_PRIVATE_KEY, JWKS}` as Convex Auth reads them. */
export function signingKeys(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = path.join(folder, "signing.pem");
  let pem = "";
  try {
    pem = readFileSync(place, "utf8");
  } catch {
    const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
    pem = pair.privateKey.export({ type: "pkcs8", format: "pem" });
    writeFileSync(place, pem, { mode: 0o600 });
  }
  const jwk = createPublicKey(pem).export({ format: "jwk" });
  return {
    JWT_PRIVATE_KEY: pem.trimEnd().replaceAll("\n", " "),
    JWKS: JSON.stringify({ keys: [{ use: "sig", ...jwk }] }),
  };
}
