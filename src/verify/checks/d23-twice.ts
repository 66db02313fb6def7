import type { Check } from "../check.ts";
import type { Metadata } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { type Finding, fail, inconclusive, pass, plain, shown } from "../finding.ts";
import { differingMembers } from "../metadata-members.ts";
import { specs } from "../specs.ts";

/**
 * The document read again, and from another address of its host, says the same. Servers behind one name that are set up
 * differently (http beside https, a host name each) let some sign-ins through and refuse others. One request more per
 * issuer and run, two where the host has several addresses. An address that this machine does not reach is left out.
 */
export const twice: Check = {
  id: "D23",
  title: "The document is the same each time",
  spec: specs.discovery("4.3"),
  level: "policy",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ documents, subject }) {
    const first = await documents.discovery(subject.issuer);
    if (!first.ok) return { ...first.finding, level: "policy" };
    const again = await documents.discoveryAgain(subject.issuer);
    const reads = again.flatMap((read) => (read.ok ? [read] : []));
    const failed = again.flatMap((read) => (read.ok ? [] : [read]));
    for (const read of reads) {
      if (read.facts.sha256 === first.facts.sha256) continue;
      const names = differingMembers(first.value, read.value);
      if (names.length > 0) return varies(names, first.value, read.value);
    }
    const wrong = failed.find(({ finding }) => finding.verdict === "fail");
    if (wrong !== undefined) {
      return fail(
        "VERIFY_DISCOVERY_VARIES",
        `The document was read once, and then not: ${wrong.finding.message}`,
        { ...wrong.finding.evidence, reads: reads.length + 1 },
        { expected: "the same document each time", hint: "Some server behind that name does not have the document." },
      );
    }
    const [unread] = failed;
    if (reads.length === 0 && unread !== undefined) {
      return inconclusive(
        unread.finding.code ?? "VERIFY_ANSWER_UNCLEAR",
        `The document was read once only: ${unread.finding.message}`,
        unread.finding.evidence,
        { hint: unread.finding.hint },
      );
    }
    const times = reads.length === 1 ? "twice" : `${reads.length + 1} times`;
    const addresses = reads.length === 1 ? "" : ", from two addresses";
    return pass(`Read ${times}${addresses}, it says the same.`, { reads: reads.length + 1 });
  },
};

function varies(names: readonly string[], one: Metadata, other: Metadata): Finding {
  const issuers = names.includes("issuer");
  return fail(
    "VERIFY_DISCOVERY_VARIES",
    `Read again, the document says something else in ${names.slice(0, 5).join(", ")}${names.length > 5 ? " and more" : ""}.`,
    { members: [...names] },
    {
      expected: issuers ? plain(String(one.issuer)).slice(0, 300) : "the same document each time",
      actual: issuers ? shown(other.issuer) : `other ${names.slice(0, 5).join(", ")}`,
      hint: "Several servers answer for that name: give each the same public base URL and configuration.",
    },
  );
}
