import { isOurs } from "../desired/capability.ts";
import type { Connection, ConnectionKey } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import { visibleText } from "../errors/visible.ts";
import type { DiscoverySnapshot, ObservedRecord } from "../plan/observed.ts";
import type { CheckResult, Evidence, ProofVerdict } from "../store/evidence.ts";
import { type DocumentCache, discover, toEvidence, verifySubject } from "../verify/verify.ts";
import { member } from "./observe.ts";
import { fingerprintOf } from "./proven-secret.ts";
import { readRecords } from "./read-records.ts";
import { recordLink } from "./record-link.ts";
import { startPageNotAsked } from "./start-page.ts";
import { recordSubject } from "./subject.ts";
import type { RecordingWorld } from "./world.ts";

/** What the verification of one connection gave. */
export type ConnectionProof =
  | {
      readonly key: ConnectionKey;
      readonly state: ObservedRecord["state"];
      readonly verdict: ProofVerdict;
      readonly evidence: Evidence;
    }
  /** Nothing to prove (skipped), or nothing that could be: an active connection without a record of ours. */
  | { readonly key: ConnectionKey; readonly verdict: "skipped" | "inconclusive"; readonly because: string };

export interface VerifyRequest {
  readonly connections: readonly Connection[];
  /** Sends no secret anywhere. */
  readonly secretProbe: boolean;
  /** Also tries a wrong secret, so that a server that accepts any is found out. */
  readonly wrongSecretControl: boolean;
}

/** How many connections are proven at once. */
const atOnce = 4;

/**
 * Proves what the apps really use: the values and the secret of each record, opened as the app would open it. Evidence
 * is stored for each. A connection without a live record is skipped, with the reason.
 *
 * @throws TenantryError of an app or the store that cannot be reached
 */
export async function verifyConnections(
  world: RecordingWorld,
  request: VerifyRequest,
): Promise<readonly ConnectionProof[]> {
  const { found: records, foreign } = await readRecords(world, request.connections);
  const proofs: ConnectionProof[] = [];
  const documents: DocumentCache = new Map();
  const queue = [...request.connections.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, connection] = next;
      const notOurs = foreign.get(connection.key);
      if (notOurs !== undefined) {
        proofs[index] = { key: connection.key, verdict: "inconclusive", because: notOurs };
        continue;
      }
      proofs[index] = await verifyOne(world, request, connection, records.get(connection.key), documents);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return proofs;
}

async function verifyOne(
  world: RecordingWorld,
  request: VerifyRequest,
  connection: Connection,
  found: ObservedRecord | undefined,
  documents: DocumentCache,
): Promise<ConnectionProof> {
  const { key } = connection;
  if (connection.status === "draft") return { key, verdict: "skipped", because: "it is a draft" };
  if (found === undefined) {
    const verdict = connection.record.state === "active" ? "inconclusive" : "skipped";
    return { key, verdict, because: "the app has no record of it" };
  }
  if (found.state === "disabled" || found.state === "tombstone") {
    const verdict = connection.record.state === "active" ? "inconclusive" : "skipped";
    return { key, verdict, because: `its record is ${found.state}` };
  }
  const app = member(world.apps, connection.app);
  let secret: Awaited<ReturnType<typeof app.secretOf>>;
  let opened: CheckResult;
  try {
    secret = await app.secretOf(key);
    opened = recordOpens(connection.app, secret !== undefined);
  } catch (error) {
    if (!(error instanceof TenantryError) || !error.code.startsWith("SECRET_SEAL")) throw error;
    opened = recordDoesNotOpen(connection.app, key, error);
  }
  const issuer = otherIssuer(connection, found);
  const moved = issuer === undefined ? await movedEndpoints(world, connection, found, documents) : [];
  const subject = recordSubject(world, connection, found, secret?.value);
  world.progress({ kind: "reading", what: `the links of ${key}` });
  const verification = await verifySubject(subject, world.verifyIo, {
    // The secret goes only to the token endpoint that the app itself uses, of the issuer that the file names.
    secretProbe: request.secretProbe && opened.verdict !== "fail" && issuer === undefined && (moved ?? []).length === 0,
    wrongSecretControl: request.wrongSecretControl,
    documents,
  });
  const endpoints = issuer ?? sameEndpoints(moved, connection);
  const broken = opened.verdict === "fail" || endpoints.verdict === "fail";
  const verdict = broken ? "fail" : verification.verdict;
  const fingerprint = await fingerprintOf(world.store, subject);
  const checks = [
    ...verification.checks.map((check) => withMend(connection, check)),
    opened,
    endpoints,
    ...startPageNotAsked(connection.startUrl),
  ];
  const evidence = toEvidence(subject, { ...verification, verdict, checks }, fingerprint, world.verifyIo);
  // A run that sent no secret proves less than a gate needs; it must not look like a newer proof.
  if (request.secretProbe) await world.store.addEvidence(evidence);
  await world.store.audit({
    actor: world.holder.name,
    event: `verify.${verdict}`,
    key,
    address: connection.record.address,
    detail: { failed: checks.filter((check) => check.verdict === "fail").map((check) => check.id) },
  });
  return { key, state: found.state, verdict, evidence };
}

const opens = { ...recordLink, id: "R1", title: "The record's secret opens with the app's key" } as const;

function recordOpens(app: string, hasSecret: boolean): CheckResult {
  return {
    ...opens,
    verdict: "pass",
    message: hasSecret ? `the record in ${app} opens as the app would open it` : `the record in ${app} needs no secret`,
  };
}

function recordDoesNotOpen(app: string, key: ConnectionKey, error: TenantryError): CheckResult {
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

/** Undefined when the document cannot be read or used: the checks of discovery say why. */
async function movedEndpoints(
  world: RecordingWorld,
  { record }: Connection,
  found: ObservedRecord,
  documents: DocumentCache,
): Promise<readonly MovedEndpoint[] | undefined> {
  const { issuer } = found.fields;
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
  return (["authorizationEndpoint", "tokenEndpoint", "jwksUri"] as const)
    .filter((name) => found.fields[name] !== source[name])
    .map((name) => ({ name, record: String(found.fields[name]), source: source[name] }));
}

const same = { ...recordLink, id: "R3", title: "The record's endpoints are the issuer's" } as const;

/**
 * What is said of a record that belongs to another issuer than the file says: whoever changed it, or a plan that was not
 * applied yet. The endpoints are then not compared, because the other issuer would vouch for its own.
 */
function otherIssuer({ key, record }: Connection, { fields }: ObservedRecord): CheckResult | undefined {
  if (fields.issuer === record.issuer) return undefined;
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

function sameEndpoints(moved: readonly MovedEndpoint[] | undefined, { key, record }: Connection): CheckResult {
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
function withMend({ key, registration }: Connection, check: CheckResult): CheckResult {
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
