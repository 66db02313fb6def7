import { isOurs } from "../desired/capability.ts";
import type { Connection, ConnectionKey } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import { visibleText } from "../errors/visible.ts";
import type { DiscoverySnapshot, ObservedRecord } from "../plan/observed.ts";
import type { CheckResult } from "../store/evidence.ts";
import { type DocumentCache, discover } from "../verify/verify.ts";
import { recordLink } from "./record-link.ts";
import type { RecordingWorld } from "./world.ts";

const opens = { ...recordLink, id: "R1", title: "The record's secret opens with the app's key" } as const;

/** R1 of a record whose secret opened, or that needs none. */
export function recordOpens(app: string, hasSecret: boolean): CheckResult {
  return {
    ...opens,
    verdict: "pass",
    message: hasSecret ? `the record in ${app} opens as the app would open it` : `the record in ${app} needs no secret`,
  };
}

/** R1 of a record whose app never shows the secret. */
export function recordHides(app: string): CheckResult {
  return {
    ...opens,
    level: "should",
    verdict: "skipped",
    message: `${app} does not show its copy of the secret; the one that it was handed is proven`,
  };
}

/** R1 of a record whose secret does not open. */
export function recordDoesNotOpen(app: string, key: ConnectionKey, error: TenantryError): CheckResult {
  return {
    ...opens,
    verdict: "fail",
    code: error.code,
    message: `the secret of the record in ${app} does not open: ${error.message}`,
    hint: `check the app's sealing keys, then run \`tenantry apply --only ${key} --hand-over ${key}\``,
  };
}

/** An endpoint that the issuer's document, or the file in its place, names otherwise than the record does. */
interface MovedEndpoint {
  readonly name: string;
  readonly record: string;
  readonly source: string;
}

/**
 * The endpoints that are other ones in the record than at their source. Undefined when the document cannot be read or
 * used: the checks of discovery say why.
 */
export async function movedEndpoints(
  world: Pick<RecordingWorld, "verifyIo">,
  { record }: Connection,
  found: ObservedRecord,
  documents: DocumentCache,
): Promise<readonly MovedEndpoint[] | undefined> {
  const { issuer = record.issuer } = found.fields;
  if (typeof issuer !== "string") return undefined;
  let source: Pick<DiscoverySnapshot, "authorizationEndpoint" | "tokenEndpoint" | "jwksUri">;
  if (record.endpoints === undefined) {
    try {
      source = await discover({ issuer }, world.verifyIo, { documents });
    } catch (error) {
      if (error instanceof TenantryError) return undefined;
      throw error;
    }
  } else {
    const { authorization, token, jwks } = record.endpoints;
    source = { authorizationEndpoint: authorization, tokenEndpoint: token, jwksUri: jwks };
  }
  return (
    (["authorizationEndpoint", "tokenEndpoint", "jwksUri"] as const)
      // An app that discovers the endpoints itself shows none.
      .filter((name) => found.fields[name] !== undefined && found.fields[name] !== source[name])
      .map((name) => ({ name, record: String(found.fields[name]), source: source[name] }))
  );
}

const same = { ...recordLink, id: "R3", title: "The record's endpoints are the issuer's" } as const;

/**
 * What is said of a record that belongs to another issuer than the file says: whoever changed it, or a plan that was not
 * applied yet. The endpoints are then not compared, because the other issuer would vouch for its own.
 */
export function otherIssuer({ key, record }: Connection, { fields }: ObservedRecord): CheckResult | undefined {
  if (fields.issuer === undefined || fields.issuer === record.issuer) return undefined;
  const named = typeof fields.issuer === "string" ? visibleText(fields.issuer) : "no issuer";
  const show = `\`tenantry plan --only ${key}\` shows it`;
  return {
    ...same,
    verdict: "fail",
    code: "VERIFY_RECORD_ISSUER",
    message: `the file names ${record.issuer}, the record ${named}; no secret was sent`,
    expected: record.issuer,
    actual: named,
    hint: `${show}: apply it if the file is right and new, or find out who changed the record`,
  };
}

/** R3 of a record that belongs to the issuer of the file. */
export function sameEndpoints(moved: readonly MovedEndpoint[] | undefined, { key, record }: Connection): CheckResult {
  const check = same;
  const source = record.endpoints === undefined ? "the discovery document" : "the tenant's file";
  if (moved === undefined) {
    const message = "the record's endpoints could not be compared: the discovery document is not to be used";
    return { ...check, verdict: "inconclusive", code: "VERIFY_NOT_RUN", message };
  }
  const [first] = moved;
  if (first === undefined) {
    return { ...check, verdict: "pass", message: `the record's endpoints are those of ${source}` };
  }
  const show = `\`tenantry plan --only ${key}\` shows it as a hot change`;
  return {
    ...check,
    verdict: "fail",
    code: "VERIFY_ENDPOINT_MOVED",
    message: `${source} names another ${moved.map(({ name }) => name).join(", ")} than the record`,
    expected: first.record,
    actual: first.source,
    hint:
      record.endpoints === undefined
        ? `see whether the identity provider really moved; ${show}`
        : `see whether the file or the record is right; ${show}`,
  };
}

/** What Tenantry can do itself about a link that does not hold; what only a person can do stays the check's own hint. */
export function withMend({ key, registration }: Connection, check: CheckResult): CheckResult {
  if (check.verdict !== "fail" || check.hint === undefined) return check;
  const handOver = `\`tenantry apply --only ${key} --hand-over ${key}\``;
  const ours = isOurs(registration);
  switch (check.code) {
    case "VERIFY_CALLBACK_REFUSED":
    case "VERIFY_AUTHORIZATION_REFUSED":
      return ours
        ? { ...check, hint: `\`tenantry apply --only ${key}\` registers it again. By hand: ${check.hint}` }
        : check;
    case "VERIFY_CLIENT_AUTH_METHOD":
    case "VERIFY_CLIENT_NOT_PUBLIC":
    case "VERIFY_CLIENT_KEY_REFUSED":
      return ours
        ? { ...check, hint: `\`tenantry apply --only ${key}\` sets the client right again. By hand: ${check.hint}` }
        : check;
    case "VERIFY_SECRET_REFUSED": {
      if (ours) return { ...check, hint: `${handOver} hands the current secret over. By hand: ${check.hint}` };
      const at = registration.clientSecret?.text;
      const put = at === undefined ? "" : ` Put the new value behind ${at}, then ${handOver}.`;
      return { ...check, hint: `${check.hint}${put}` };
    }
    default:
      return check;
  }
}
