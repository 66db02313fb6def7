import { type ChallengedDomain, domainChallenge } from "../../desired/domain-challenge.ts";
import { type LookupSettings, lookUpTexts, type TxtAnswer } from "./lookup.ts";
import { type DomainFinding, judgeDomain } from "./ownership.ts";

/** Looks domains up, each once in a run. */
export interface DomainProver {
  prove(domain: ChallengedDomain): Promise<DomainFinding>;
}

/** So many look-ups are under way at once. */
const atOnce = 8;

/** After so many look-ups in a row that no resolver answered, no more are sent: every further one would only wait. */
const silences = 3;

/** Proves domains by DNS. Sends nothing before the first is asked for. */
export function openDomainProver(settings: LookupSettings = {}, lookUp = lookUpTexts): DomainProver {
  const asked = new Map<string, Promise<TxtAnswer>>();
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let unanswered = 0;

  const inTurn = async (name: string): Promise<TxtAnswer> => {
    if (underWay >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      if (unanswered >= silences) return { kind: "unreachable" };
      const answer = await lookUp(name, settings);
      unanswered = answer.kind === "timeout" || answer.kind === "unreachable" ? unanswered + 1 : 0;
      return answer;
    } finally {
      // Whoever waits has the place handed over.
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next();
    }
  };

  return {
    async prove(domain) {
      const { name } = domainChallenge(domain);
      const answer = asked.get(name) ?? inTurn(name);
      asked.set(name, answer);
      return judgeDomain(domain, await answer);
    },
  };
}
