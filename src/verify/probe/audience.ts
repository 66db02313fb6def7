import { presetOf } from "../../desired/preset.ts";
import type { VerifySubject } from "../subject.ts";
import { hostOf } from "../unanswered.ts";
import type { Audience } from "./credential.ts";

/**
 * Whom an assertion is meant for, the likeliest first. Endpoints that stand in the file are vouched for by nobody: an
 * assertion for an issuer of another host is never sent there, because it could be used at that issuer.
 */
export function audiencesOf({
  issuer,
  endpoints,
  preset,
}: Pick<VerifySubject, "issuer" | "endpoints" | "preset">): readonly [Audience, ...Audience[]] {
  if (endpoints !== undefined && hostOf(endpoints.token) !== hostOf(issuer)) return ["endpoint"];
  return presetOf(issuer, preset)?.clientAuth.audience === "endpoint" ? ["endpoint", "issuer"] : ["issuer", "endpoint"];
}
