import { z } from "zod";
import { type CustomerName, type CustomerStates, customerNames } from "./external/customers.ts";
import type { WorldState } from "./world.ts";
import { closedRecord } from "./world-shape.ts";
import { customerShape } from "./world-shapes.ts";
import { auth0Shape } from "./world-shapes-auth0.ts";
import { oktaShape } from "./world-shapes-okta.ts";

const customers = Object.fromEntries(customerNames.map((name) => [name, customerShape])) as Record<
  CustomerName,
  typeof customerShape
>;

const world = closedRecord<WorldState>({
  // Whoever shows an empty token would come in where there is none.
  env: z.object({ OKTA_API_TOKEN: z.string().min(1), AUTH0_API_TOKEN: z.string().min(1) }).catchall(z.string()),
  customers: closedRecord<CustomerStates>(customers),
  okta: oktaShape,
  auth0: auth0Shape,
});

/** What is wrong with what should be a world, with the path to it; undefined when nothing is. */
export function wrongWith(state: unknown): string | undefined {
  const issue = world.safeParse(state, { error: said }).error?.issues[0];
  if (issue === undefined) return undefined;
  const path = issue.code === "unrecognized_keys" ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  return `${z.core.toDotPath(path.map(shortened))} ${issue.message}`;
}

/** Tokens and sessions are filed under themselves: of a long name only the beginning is told. */
function shortened(part: PropertyKey): PropertyKey {
  return typeof part === "string" && part.length > 30 ? `${part.slice(0, 6)}…` : part;
}

/** zod's words for kinds as the document's. */
const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "whole number",
  int: "whole number",
  boolean: "true or false",
  array: "list",
  record: "object",
  map: "$map",
  set: "$set",
};

const sizes: Readonly<Record<string, string>> = { array: "has too few or too many entries", string: "is empty" };

/** Says it without the value, which may be a secret. */
function said(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return `is no ${kinds[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `is no ${issue.values.join(" or ")}`;
    case "too_big":
    case "too_small":
      return sizes[issue.origin] ?? "is no whole number";
    case "unrecognized_keys":
      return "is unknown";
    default:
      return undefined;
  }
}
