import type { Check } from "../check.ts";
import { answersOf, documentExchanges } from "../exchanges.ts";
import { notRun, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { mediaType } from "../unanswered.ts";

const usual: ReadonlySet<string> = new Set(["application/json", "application/jwk-set+json"]);

/** Tells what content type the key set comes as. Libraries read it as JSON whatever it is called, so it never fails. */
export const keySetType: Check = {
  id: "K7",
  title: "The key set's content type is told",
  spec: specs.rfc(7517, "8.5.2"),
  level: "policy",
  link: "keys",
  needs: ["D1", "D5"],
  async run(context) {
    const keys = answersOf(await documentExchanges(context)).find(({ what }) => what === "the key set");
    if (keys === undefined || keys.answer.status !== 200) return notRun("K1");
    const contentType = mediaType(keys.answer);
    return contentType !== undefined && usual.has(contentType)
      ? pass(`The key set comes as ${contentType}.`, { contentType })
      : pass(
          `The key set comes as ${contentType ?? "nothing that is said"}, not as application/json or application/jwk-set+json.`,
          { contentType },
        );
  },
};
