// RSA keys for many sandboxes in one process. Making one takes a tenth of a second, a sandbox needs six, and for these
// runs it does not matter that two sandboxes have the same one. Imported for its effect.

import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { promisify } from "node:util";

/** So many keys of each kind are made; then they come again. */
const size = 8;

function pooled<T>(make: () => Promise<T>): () => Promise<T> {
  const made: Promise<T>[] = [];
  let next = 0;
  return () => {
    const place = next++ % size;
    made[place] ??= make();
    return made[place];
  };
}

const generate = promisify(crypto.generateKeyPair);
const rsa = pooled(() => generate("rsa", { modulusLength: 2048 }));
const original = crypto.generateKeyPair;
const replaced = ((...args: Parameters<typeof original>) => original(...args)) as unknown as typeof original;
Object.assign(replaced, {
  [promisify.custom]: (type: string, options: { readonly modulusLength?: number }) =>
    type === "rsa" && options.modulusLength === 2048 ? rsa() : generate(type as "rsa", options as never),
});
crypto.generateKeyPair = replaced;
syncBuiltinESMExports();

const { subtle } = crypto.webcrypto;
const generateKey = subtle.generateKey.bind(subtle) as (...args: readonly unknown[]) => Promise<unknown>;
const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const signing = pooled(() => generateKey(algorithm, true, ["sign", "verify"]));
Object.defineProperty(subtle, "generateKey", {
  value: (wanted: { readonly name?: string; readonly hash?: unknown }, ...rest: readonly unknown[]) => {
    const hash = typeof wanted.hash === "object" ? (wanted.hash as { readonly name?: string }).name : wanted.hash;
    return wanted.name === algorithm.name && hash === algorithm.hash ? signing() : generateKey(wanted, ...rest);
  },
});
