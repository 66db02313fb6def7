import { z } from "zod";
import { hostName, line, oktaAuthorizationServer, reference } from "../workspace/scalars.ts";

const share = z.strictObject({ share: z.number().gt(0).max(1).default(0.5) }).prefault({});

/** A client id in place: what it authenticates at is not ours, so it has no second client for runs that only look. */
const clientId = line(100).refine((text) => !/^\w[\w-]*:/.test(text), "must be the client id itself, not a reference");

/** `okta:` of a sign-in: a customer's own org that gave us access to its API. */
export const inlineOkta = z.strictObject({
  domain: hostName,
  authorizationServer: oktaAuthorizationServer.default("org"),
  credentials: z.union(
    [
      z.strictObject({ apiToken: reference }),
      z.strictObject({ clientId, privateKey: reference, keyId: line(100).optional() }),
    ],
    "must be `{ apiToken: env:NAME }` or `{ clientId: …, privateKey: env:NAME }`",
  ),
  limits: share,
});

/** `auth0:` of a sign-in: a customer's own Auth0 tenant that gave us access to its API. */
export const inlineAuth0 = z.strictObject({
  domain: hostName,
  customDomain: hostName.optional(),
  organizationName: z
    .string()
    .max(50, "must have at most 50 characters")
    .regex(/^[a-z0-9][a-z0-9_-]*$/, "must be lower-case letters, digits, `-` and `_`")
    .optional(),
  credentials: z.union(
    [z.strictObject({ token: reference }), z.strictObject({ clientId, clientSecret: reference })],
    "must be `{ clientId: …, clientSecret: env:NAME }` or `{ token: env:NAME }`",
  ),
  limits: share,
});

export type WrittenInlineOkta = z.output<typeof inlineOkta>;
export type WrittenInlineAuth0 = z.output<typeof inlineAuth0>;
