import { isMadeUp, isObject } from "./translation.ts";

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const redacted = "[REDACTED]";

/** Values that each org and tenant has of its own, by path. */
const own = [
  // Certificates, which every tenant has its own of.
  /\.signing_keys\[\]\.\w+$/,
  // Logos lie on the vendor's own delivery network.
  /\._links\.logo\[\]\.href$/,
  // Features of the org.
  /^\.settings\.\w+Enabled$/,
  // Made for one connection or domain: a ticket, a text to put into the DNS.
  /\.(provisioning_ticket_url|verification_txt|verification_host)$/,
  // Names of the org and its cell, and links that hold ids of things that no answer shows.
  /\.(orn|cell)$/,
  /\._links\.(schema|profileEnrollment|accessPolicy|appLinks(\[\])?)\.href$/,
];

/** Paths at which both answers have a plain value and not the same one; what each side makes up does not count. */
export function differentValues(recorded: unknown, here: unknown): readonly string[] {
  const paths = new Set<string>();
  collect(recorded, here, "", "", paths);
  return [...paths].filter((path) => !own.some((pattern) => pattern.test(path)));
}

function collect(recorded: unknown, here: unknown, key: string, path: string, paths: Set<string>): void {
  if (Array.isArray(recorded) && Array.isArray(here)) {
    for (const [index, item] of recorded.entries()) collect(item, here[index], key, `${path}[]`, paths);
  } else if (isObject(recorded) && isObject(here)) {
    for (const [name, inner] of Object.entries(recorded)) {
      if (name in here) collect(inner, here[name], name, `${path}.${name}`, paths);
    }
  } else if (isPlain(recorded) && isPlain(here) && recorded !== here && !isVolatile(recorded, here, key))
    paths.add(path);
}

function isPlain(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}

function isVolatile(recorded: unknown, here: unknown, key: string): boolean {
  if (isMadeUp(key) || recorded === redacted) return true;
  return typeof recorded === "string" && typeof here === "string" && timestamp.test(recorded) && timestamp.test(here);
}
