import { TenantryError } from "../../errors/failure.ts";
import { resolveReference, type SecretSource } from "../../secret/resolve.ts";
import type { Secret } from "../../secret/secret.ts";
import { type ClientInput, type IssuerInput, verifyClient, verifyIssuer } from "../../verify/index.ts";
import { parseReference } from "../../workspace/reference.ts";
import type { Run } from "../run.ts";
import { readSecretFile } from "../secret-file.ts";
import { stopSignal } from "../stop-signal.ts";
import { withFlags } from "./flag-hints.ts";
import type { VerifyOptions } from "./options.ts";
import type { Placed } from "./report.ts";

/** Flags that only mean something beside `--issuer`. */
const ofClient = [
  "clientId",
  "clientSecret",
  "clientAuth",
  "clientKey",
  "keyId",
  "redirectUri",
  "scope",
  "responseMode",
  "startUrl",
  "postLogoutUri",
  "preset",
  "ca",
] as const;

/**
 * Sees that flags of a workspace and flags of a client in hand are not mixed.
 *
 * @throws TenantryError CLI_USAGE
 */
export function checkFlags(names: readonly string[], options: VerifyOptions): void {
  const usage = (message: string, hint: string): TenantryError => new TenantryError("CLI_USAGE", message, { hint });
  if (options.issuer === undefined) {
    const odd = ofClient.find((name) => options[name] !== undefined);
    if (odd === undefined) return;
    throw usage(`${flagOf(odd)} means nothing without --issuer`, "Give --issuer, or verify a tenant of a workspace.");
  }
  if (names.length > 0) {
    throw usage(`--issuer needs no workspace, and ${names.join(", ")} would be of one`, "Leave one of them out.");
  }
  for (const name of ["workspace", "env", "since", "concurrency", "resolver"] as const) {
    if (options[name] === undefined) continue;
    throw usage(`${flagOf(name)} is for a workspace, and --issuer needs none`, `Leave ${flagOf(name)} out.`);
  }
  if (options.clientId === undefined) {
    const needs = ofClient.find((name) => name !== "preset" && name !== "ca" && options[name] !== undefined);
    if (needs !== undefined)
      throw usage(`${flagOf(needs)} is of a client that --client-id must name`, "Give --client-id.");
  }
  if ((options.clientKey === undefined) !== (options.keyId === undefined)) {
    throw usage("--client-key and --key-id belong together", "Give both: the key, and the id it is registered by.");
  }
}

/**
 * Proves the issuer or client that the flags name. No workspace is looked for, nothing is stored.
 *
 * @throws TenantryError CLI_SECRET_LITERAL, SECRET_UNRESOLVED, VERIFY_INPUT_INVALID, VERIFY_PROXY_INVALID
 */
export async function proveClient(run: Run, issuer: string, options: VerifyOptions): Promise<Placed> {
  const source = placesOf(run);
  const read = (flag: string, text: string | undefined, use: string): Secret | undefined =>
    text === undefined ? undefined : secretOf(run, source, flag, text, use);
  const secret = read("--client-secret", options.clientSecret, "the client secret");
  const key = read("--client-key", options.clientKey, "the client's key");
  const stop = stopSignal(run.terminal, "stopping");
  const about: IssuerInput = {
    issuer,
    preset: options.preset,
    allowPrivate: options.allowPrivate,
    ca: options.ca === undefined ? undefined : authority(source, options.ca),
    proxy: options.proxy,
    budget: options.budget,
    signal: stop.interrupted,
  };
  const { clientId } = options;
  const name = clientId === undefined ? issuer : `${clientId} at ${issuer}`;
  run.terminal.status?.(`proving ${name}`);
  try {
    const { verdict, checks, discovery, at, ranFrom, preset, clientAuth } =
      clientId === undefined
        ? await verifyIssuer(about)
        : await verifyClient({ ...about, ...clientOf(clientId, options, secret, key) });
    const { authorizationEndpoint, tokenEndpoint, jwksUri } = discovery ?? {};
    const endpoints = { authorizationEndpoint, tokenEndpoint, jwksUri };
    const evidence = {
      key: name,
      clientId: clientId ?? "",
      issuer,
      ...endpoints,
      ranFrom,
      at,
      verdict,
      preset,
      clientAuth,
      checks: checks.map(withFlags),
    };
    return { proof: { key: name, verdict, evidence }, placeOf: () => undefined };
  } catch (error) {
    if (!stop.interrupted.aborted || error !== stop.interrupted.reason) throw error;
    const because = "the run was interrupted before it was proven";
    return {
      proof: { key: name, verdict: "inconclusive", because, code: "VERIFY_INTERRUPTED" },
      placeOf: () => undefined,
    };
  } finally {
    stop.dispose();
    run.terminal.status?.(undefined);
  }
}

function clientOf(
  clientId: string,
  options: VerifyOptions,
  secret: Secret | undefined,
  key: Secret | undefined,
): Omit<ClientInput, keyof IssuerInput> {
  const { keyId } = options;
  return {
    clientId,
    clientAuth: options.clientAuth,
    ...(secret === undefined ? {} : { clientSecret: secret.reveal() }),
    clientKey: key === undefined || keyId === undefined ? undefined : { privateKey: key.reveal(), keyId },
    redirectUri: options.redirectUri,
    scopes: options.scope?.flatMap((text) => text.split(/[\s,]+/).filter((scope) => scope !== "")),
    responseMode: options.responseMode,
    startUrl: options.appProbe ? options.startUrl : undefined,
    postLogoutRedirectUris: options.postLogoutUri,
    secretProbe: options.secretProbe,
    wrongSecretControl: options.wrongSecretControl,
    alarmingProbes: options.alarmingProbes,
    appCode: options.appCode,
  };
}

/** The environment of the process, and files from where the command was called. */
function placesOf({ surroundings }: Run): SecretSource {
  return {
    environment: surroundings.environment,
    readFile: (path, from) => readSecretFile(surroundings.cwd, path, from),
  };
}

function secretOf(run: Run, source: SecretSource, flag: string, text: string, use: string): Secret {
  const reference = parseReference(text);
  if (reference === undefined) {
    // Not repeated: it may be the secret.
    throw new TenantryError("CLI_SECRET_LITERAL", `${flag} takes where the secret is, not the secret itself`);
  }
  const secret = resolveReference(reference, source, use);
  run.redactor.know(secret);
  return secret;
}

/** PEM of certificates; no secret. */
function authority(source: SecretSource, text: string): string {
  const reference = parseReference(text);
  if (reference?.scheme !== "file") {
    throw new TenantryError("CLI_USAGE", "--ca takes file:PATH of a PEM file", { hint: "Such as --ca file:ca.pem." });
  }
  const pem = resolveReference(reference, source, "the certificate authority").reveal();
  if (pem.includes("-----BEGIN CERTIFICATE-----")) return pem;
  throw new TenantryError("CLI_USAGE", `${text} holds no certificate in PEM`, {
    hint: "It begins with -----BEGIN CERTIFICATE-----.",
  });
}

function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
