import { parseReference, type Reference } from "../workspace/reference.ts";

/**
 * Where the old secret of a sink is kept until the new one is proven: beside it, so that it is as safe there and survives
 * a run that is killed.
 */
export function previousOf(reference: Reference): Reference {
  const found = parseReference(previousText(reference));
  if (found === undefined) throw new TypeError("the place of an old secret is no reference");
  return found;
}

function previousText(reference: Reference): string {
  switch (reference.scheme) {
    case "gcp-sm":
      return `${reference.text}_previous`;
    case "vault":
    case "op":
    case "aws-sm":
    case "file":
      return `${reference.text}.previous`;
    case "env":
      throw new TypeError("nothing can be put into a variable");
    default:
      return reference satisfies never;
  }
}
