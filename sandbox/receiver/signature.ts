import { createHash, createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { sameText } from "../same-text.ts";
import { ReceiverProblem } from "./problem.ts";

/** What was sent, as far as a signature is about it. */
export interface Sent {
  readonly method: string;
  /** As the client wrote it: scheme, host, path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How far a signature's time may be from ours, in seconds; its nonce is remembered for as long. */
const signatureWindow = 300;

const form =
  /^tenantry=(\(("[@a-z-]+"(?: "[@a-z-]+")*)\);created=(\d{1,12});nonce="([A-Za-z0-9_-]{16,64})";keyid="([A-Za-z0-9._~:/-]{1,100})";alg="hmac-sha256";tag="tenantry")$/;

/** Headers that must be signed when a request has them. */
const guarded = ["content-digest", "content-type", "idempotency-key", "if-match", "if-none-match"];

/** Checks signatures as RFC 9421 says, and lets each come once. */
export class Signatures {
  readonly #keys: ReadonlyMap<string, string>;
  readonly #seen = new Map<string, number>();

  constructor(keys: ReadonlyMap<string, string>) {
    this.#keys = keys;
  }

  /** The id of the key that signed. Throws `ReceiverProblem` 401. */
  check(sent: Sent, now: number): string {
    const { headers, body } = sent;
    const [whole, input, list = "", created = "", nonce = "", keyId = ""] =
      form.exec(String(headers["signature-input"] ?? "")) ?? [];
    const key = this.#keys.get(keyId);
    if (whole === undefined || input === undefined || key === undefined)
      throw refused("no signature that is known here");
    const names = list.split(" ").map((name) => name.slice(1, -1));
    const must = ["@method", "@target-uri", ...guarded.filter((name) => headers[name] !== undefined)];
    if (body.length > 0 && !names.includes("content-digest")) throw refused("the body is not signed");
    if (new Set(names).size !== names.length || must.some((name) => !names.includes(name))) {
      throw refused("not everything is signed that must be");
    }
    const lines = [...names.map((name) => `"${name}": ${signedValue(sent, name)}`), `"@signature-params": ${input}`];
    const expected = createHmac("sha256", key).update(lines.join("\n")).digest("base64");
    if (!sameText(String(headers.signature ?? ""), `tenantry=:${expected}:`)) throw refused("the signature is wrong");
    const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
    if (body.length > 0 && headers["content-digest"] !== digest) throw refused("the digest is not the body's");
    const seconds = now / 1_000;
    if (Math.abs(seconds - Number(created)) > signatureWindow) {
      throw new ReceiverProblem(
        401,
        "signature_expired",
        `the signature's time is not ours by ${signatureWindow} seconds`,
      );
    }
    for (const [old, until] of this.#seen) if (until < seconds) this.#seen.delete(old);
    if (this.#seen.has(`${keyId} ${nonce}`))
      throw new ReceiverProblem(401, "replayed", "the signature was used before");
    this.#seen.set(`${keyId} ${nonce}`, Number(created) + 2 * signatureWindow);
    return keyId;
  }
}

function signedValue({ method, url, headers }: Sent, name: string): string {
  if (name === "@method") return method;
  if (name === "@target-uri") return url;
  const value = headers[name];
  if (name.startsWith("@") || typeof value !== "string") throw refused(`${name} is signed and not there`);
  return value;
}

function refused(detail: string): ReceiverProblem {
  return new ReceiverProblem(401, "unauthorized", detail);
}
