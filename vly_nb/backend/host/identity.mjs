// Who calls: the admin key, or a token that one of auth.config.ts's providers signed.
import { createPublicKey, timingSafeEqual, verify } from "node:crypto";

const CLAIMS = {
  name: "name",
  given_name: "givenName",
  family_name: "familyName",
  nickname: "nickname",
  preferred_username: "preferredUsername",
  profile: "profileUrl",
  picture: "pictureUrl",
  email: "email",
  email_verified: "emailVerified",
  gender: "gender",
  birthdate: "birthday",
  zoneinfo: "timezone",
  locale: "language",
  phone_number: "phoneNumber",
  phone_number_verified: "phoneNumberVerified",
  address: "address",
  updated_at: "updatedAt",
};
const OWN = new Set(["iss", "sub", "aud", "exp", "iat", "nbf", "jti"]);
export const NOBODY = Object.freeze({ admin: false, identity: null });

export class Identities {
  /** `world` has the providers, `keys()` asks the app's own `/.well-known/jwks.json`. */
  constructor(world, adminKey, keys) {
    this.world = world;
    this.adminKey = Buffer.from(adminKey);
    this.keys = keys;
  }

  /** Whom an Authorization header names. Throws for one that doesn't hold. */
  async ofHeader(header) {
    if (!header) return NOBODY;
    const [kind, ...rest] = header.split(" ");
    const value = rest.join(" ");
    if (kind === "Convex") return this.admin(value);
    if (kind === "Bearer") return { admin: false, identity: await this.ofToken(value) };
    throw new Error("The Authorization header is neither `Convex` nor `Bearer`.");
  }

  /** The admin, perhaps acting as somebody: `KEY` or `KEY:base64(identity)`. Throws. */
  admin(value, acting = null) {
    const cut = value.indexOf(":");
    const key = Buffer.from(cut < 0 ? value : value.slice(0, cut));
    if (key.length !== this.adminKey.length || !timingSafeEqual(key, this.adminKey)) {
      throw new Error("The admin key is not this stand-in's.");
    }
    const told = cut < 0 ? acting : JSON.parse(Buffer.from(value.slice(cut + 1), "base64").toString());
    if (!told) return { admin: true, identity: null };
    const { subject = "", issuer = "https://convex.test" } = told;
    return { admin: true, identity: { tokenIdentifier: `${issuer}|${subject}`, ...told, subject, issuer } };
  }

  /** The identity that a token holds. Throws with a sentence when it doesn't hold. */
  async ofToken(token) {
    const [head, body, signature] = String(token).split(".");
    const [header, claims] = [decoded(head), decoded(body)];
    const audience = [claims.aud ?? []].flat();
    const provider = this.world.auth.find(
      (one) =>
        issuerOf(one) === String(claims.iss ?? "").replace(/\/$/, "") &&
        (one.applicationID === undefined || audience.includes(one.applicationID)),
    );
    if (provider === undefined) {
      throw new Error(
        `No auth provider found matching the given token (no providers in auth.config.ts for ${String(claims.iss).slice(0, 200)}).`,
      );
    }
    const now = Date.now() / 1000;
    if (typeof claims.exp !== "number" || claims.exp < now - 5)
      throw new Error("Could not verify token: it has expired.");
    if (typeof claims.nbf === "number" && claims.nbf > now + 60)
      throw new Error("Could not verify token: it isn't valid yet.");
    const keys = (await this.keys(provider)).filter(
      (key) => header.kid === undefined || key.kid === undefined || key.kid === header.kid,
    );
    if (!keys.some((key) => signed(key, header.alg, `${head}.${body}`, signature))) {
      throw new Error("Could not verify token: its signature doesn't hold.");
    }
    if (typeof claims.sub !== "string") throw new Error("Could not verify token: it names nobody.");
    const identity = {
      subject: claims.sub,
      issuer: claims.iss,
      tokenIdentifier: `${claims.iss}|${claims.sub}`,
    };
    for (const [name, value] of Object.entries(claims)) {
      if (!OWN.has(name)) identity[Object.hasOwn(CLAIMS, name) ? CLAIMS[name] : name] = value;
    }
    return { ...identity, expires: undefined };
  }
}

/** The issuer that a provider stands for. */
export function issuerOf(provider) {
  const domain = String(provider.issuer ?? provider.domain ?? "").replace(/\/$/, "");
  return domain.includes("://") || domain === "" ? domain : `https://${domain}`;
}

function decoded(part) {
  const found = JSON.parse(Buffer.from(part ?? "", "base64url").toString());
  if (found === null || typeof found !== "object") throw new Error("Could not parse the token.");
  return found;
}

function signed(jwk, algorithm, text, signature) {
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const bytes = Buffer.from(signature ?? "", "base64url");
    if (algorithm === "RS256" && key.asymmetricKeyType === "rsa")
      return verify("sha256", Buffer.from(text), key, bytes);
    if (algorithm === "ES256" && key.asymmetricKeyType === "ec") {
      return verify("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, bytes);
    }
  } catch {
    return false; // a key that is none
  }
  return false;
}
