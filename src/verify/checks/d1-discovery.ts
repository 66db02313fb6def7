import type { Check, IssuerContext } from "../check.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";

/**
 * The discovery document is there: 200, a JSON object, no redirect. openid-client takes any content type and a document
 * of any size; here another content type is a warning, because other libraries refuse it, and what is larger than 1 MB
 * is not read.
 */
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
    const { contentType } = read.facts;
    if (contentType === "application/json") return pass("The discovery document was read.", read.facts);
    return fail(
      "VERIFY_DISCOVERY_CONTENT_TYPE",
      "The discovery document was read, though its content type is not application/json; some libraries refuse that.",
      read.facts,
      {
        expected: "application/json",
        actual: String(contentType ?? "no content type"),
        level: "should",
        hint: "Let the identity provider, or the proxy before it, send the document with content type application/json.",
      },
    );
  },
};
