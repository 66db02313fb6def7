import { z } from "zod";
import { parseReference, type Reference, referenceForms } from "./reference.ts";

/** What may be filled into the reference of a sink. */
export const sinkPlaceholders = ["tenant", "app", "signIn", "workspace", "environment"] as const;

/** The values of `sinkPlaceholders` for one connection. */
export type SinkNames = Readonly<Record<(typeof sinkPlaceholders)[number], string>>;

const placeholder = /\{(tenant|app|signIn|workspace|environment)\}/g;

/** A sink's template with names filled in, as text. */
export function fillSink(template: string, names: SinkNames): string {
  return template.replace(placeholder, (_whole, name: keyof SinkNames) => names[name]);
}

/**
 * Where the secret of one connection is put: the app's `secretSink` with its names filled in.
 *
 * @throws TypeError for a template that the schema has not accepted
 */
export function sinkReference(template: string, names: SinkNames): Reference {
  const found = parseReference(fillSink(template, names));
  if (found === undefined) throw new TypeError("a secret sink that the schema accepted is no reference");
  return found;
}

/** What is wrong with the template of a sink; undefined when nothing is. */
function sinkFault(template: string): string | undefined {
  if (/[{}]/.test(template.replace(placeholder, ""))) {
    return "must not hold `{` but in `{tenant}`, `{app}`, `{signIn}`, `{workspace}` and `{environment}`";
  }
  if (template.startsWith("env:"))
    return "must be a place that can be written to: nobody can set a variable of the app's";
  // As short and as long as slugs may be.
  const filled = ["a", "a".repeat(50)].map((slug) =>
    parseReference(fillSink(template, { tenant: slug, app: slug, signIn: slug, workspace: slug, environment: slug })),
  );
  if (filled.includes(undefined)) {
    const { env: _never, ...forms } = referenceForms;
    return `must be a reference: ${Object.values(forms)
      .map((form) => `\`${form}\``)
      .join(", ")}`;
  }
  if (filled[0]?.scheme === "gcp-sm" && filled[0].version !== undefined) {
    return "must name no version: each secret that is put there is a new one";
  }
  if (!template.includes("{tenant}")) return "must hold `{tenant}`: two tenants would overwrite each other's secret";
  return undefined;
}

/** `secretSink` of an app: the template of a reference that can be written to. */
export const secretSink = z
  .string()
  .max(500, "must have at most 500 characters")
  .check((context) => {
    const message = sinkFault(context.value);
    if (message !== undefined) {
      context.issues.push({ code: "custom", input: context.value, message, continue: true });
    }
  });
