import type { ConnectionRecord } from "../desired/connection.ts";
import { canonicalJson } from "../desired/json.ts";
import type { IssuerSource } from "../verify/verify.ts";

/** Where the endpoints of a record come from: its issuer's document, or the file. */
export function issuerSourceOf(record: Pick<ConnectionRecord, "issuer" | "endpoints">): IssuerSource {
  return { issuer: record.issuer, endpoints: record.endpoints };
}

/** One text for one source: connections that share it are looked at once. */
export function sourceKey({ issuer, endpoints }: IssuerSource): string {
  return endpoints === undefined ? issuer : `${issuer} ${canonicalJson(endpoints)}`;
}
