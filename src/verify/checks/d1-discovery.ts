import type { Check, IssuerContext } from "../check.ts";
import { withoutDocument } from "../explicit.ts";
import { pass } from "../finding.ts";
import { specs } from "../specs.ts";

/** The discovery document is there: 200, a JSON object, no redirect. */
export const discoveryDocument: Check<IssuerContext> = {
  id: "D1",
  title: "The discovery document is there",
  spec: specs.discovery("4.2"),
  level: "must",
  link: "discovery",
  needs: ["D4"],
  omitted: withoutDocument,
  async run({ documents, subject }) {
    const read = await documents.discovery(subject.issuer);
    if (!read.ok) return read.finding;
    // Section 4.2 asks for application/json. Libraries differ on whether they look, so it is said, not failed.
    return read.facts.contentType === "application/json"
      ? pass("The discovery document was read.", read.facts)
      : pass("The discovery document was read, though its content type is not application/json.", read.facts);
  },
};
