import { parseJsonBody } from "../json-body.ts";
import { ReceiverProblem } from "./problem.ts";
import type { RecordBody, TenantBody } from "./tables.ts";

// What the bodies of writes must be, as docs/receiver/openapi.yaml says; nothing else is taken.

type Check = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === "string" && value !== "" && value.length <= 2_000;
const anyText: Check = (value) => typeof value === "string" && value.length <= 100_000;
const flag: Check = (value) => typeof value === "boolean";
const number: Check = (value) => typeof value === "number" && value > 0;
const url: Check = (value) => typeof value === "string" && /^https:\/\//.test(value) && URL.canParse(value);
const maybe =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (...texts: readonly string[]): Check =>
  (value) =>
    texts.includes(value as string);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const map =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const shape =
  (members: Shape): Check =>
  (value) =>
    isObject(value) &&
    Object.keys(value).every((name) => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, check]) => check(value[name]));

const path: Check = (value) => text(value) || (list(text)(value) && (value as unknown[]).length > 0);

const values = shape({
  issuer: url,
  authorizationEndpoint: url,
  tokenEndpoint: url,
  userinfoEndpoint: maybe(url),
  jwksUri: url,
  endSessionEndpoint: maybe(url),
  clientId: text,
  redirectUri: url,
  clientAuth: oneOf("client_secret_basic", "client_secret_post", "private_key_jwt", "none"),
  pkce: oneOf("S256", "off"),
  responseMode: oneOf("query", "form_post"),
  scopes: list(text),
  acrValues: list(text),
  extraParams: map(anyText),
  claims: map(path),
  roles: maybe(shape({ claim: path, map: map(text), default: optional(text) })),
  require: map(anyText),
  provision: shape({ create: flag, update: flag }),
  endSession: flag,
  session: maybe(shape({ absolute: optional(number), idle: optional(number) })),
});

const owner: Check = (value) => typeof value === "string" && /^[a-z0-9-]{1,50}\/[a-z0-9-]{1,50}$/.test(value);

const record = shape({
  managedBy: owner,
  values,
  specDigest: (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value),
  secret: (value) =>
    value === null || shape({ id: anyText, value: text })(value) || shape({ id: anyText, reference: text })(value),
});

const tenant = shape({
  managedBy: owner,
  id: text,
  name: text,
  status: oneOf("draft", "active", "suspended", "offboarded"),
  domains: list(shape({ domain: text, routed: flag, verification: maybe(text), verifiedAt: maybe(text) })),
});

const state = shape({ state: oneOf("active", "disabled"), keepPrevious: flag });

/** Readers of bodies. Each throws `ReceiverProblem` 400. */
export const bodies = {
  record: (body: Buffer): RecordBody => read(body, record),
  tenant: (body: Buffer): TenantBody => read(body, tenant),
  state: (body: Buffer): { readonly state: "active" | "disabled"; readonly keepPrevious: boolean } => read(body, state),
};

function read<T>(body: Buffer, check: Check): T {
  const invalid = new ReceiverProblem(400, "invalid", "the body is not what the contract says");
  let value: unknown;
  try {
    value = parseJsonBody(body);
  } catch {
    throw invalid;
  }
  if (!check(value)) throw invalid;
  return value as T;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
