import { z } from "zod";
import type { Json } from "../../desired/json.ts";

// What stands in a file about the file: whose it is, in which state, and what was written last. Never a secret.

const fields = z.record(z.string(), z.json());

const markSchema = z.strictObject({
  version: z.literal(1),
  workspace: z.string(),
  environment: z.string(),
  key: z.string(),
  state: z.enum(["active", "disabled", "tombstone"]),
  /** Written and not yet proven, and nobody came in by this record before. */
  unproven: z.literal(true).optional(),
  specDigest: z.string(),
  secretId: z.string().optional(),
  /** The values of the record as they were wanted. */
  fields,
  tenant: z.strictObject({
    id: z.string(),
    name: z.string(),
    status: z.enum(["draft", "active", "suspended", "offboarded"]),
    domains: z.array(z.string()),
    routed: z.array(
      z.strictObject({ domain: z.string(), verifiedAt: z.string().nullable(), verification: z.string() }),
    ),
  }),
});

/** The mark of a file. */
export interface Mark extends Omit<z.output<typeof markSchema>, "fields"> {
  readonly fields: Readonly<Record<string, Json>>;
}

/** A mark from its text; undefined for any other text. */
export function parseMark(text: string | undefined): Mark | undefined {
  if (text === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = markSchema.safeParse(parsed);
  return result.success ? (result.data as Mark) : undefined;
}

/** One line. */
export function printMark(mark: Mark): string {
  return JSON.stringify(mark);
}
