import type { RatePlans } from "../../sandbox/sandbox.ts";
import { TenantryError } from "../errors/failure.ts";

/** Options of `tenantry sandbox` that say which rate limits its management APIs keep. */
export interface RatePlanOptions {
  readonly oktaPlan?: string | undefined;
  readonly auth0Plan?: string | undefined;
}

/** The plans that the options name. Throws CLI_USAGE, with the known ones, for another. */
export async function ratePlansOf({ oktaPlan, auth0Plan }: RatePlanOptions): Promise<RatePlans> {
  if (oktaPlan === undefined && auth0Plan === undefined) return {};
  const { oktaPlans, auth0Plans } = await import("../../sandbox/sandbox.ts");
  const okta = chosen("--okta-plan", oktaPlan, oktaPlans);
  const auth0 = chosen("--auth0-plan", auth0Plan, auth0Plans);
  return { ...(okta === undefined ? {} : { okta }), ...(auth0 === undefined ? {} : { auth0 }) };
}

function chosen<Name extends string>(option: string, name: string | undefined, known: readonly Name[]) {
  if (name === undefined) return undefined;
  const found = known.find((each) => each === name);
  if (found !== undefined) return found;
  throw new TenantryError("CLI_USAGE", `\`${option}\` knows no \`${name}\``, {
    hint: `it knows ${known.map((each) => `\`${each}\``).join(", ")}`,
  });
}

/** The options again, for a sandbox that is started in a process of its own. */
export function ratePlanArguments({ oktaPlan, auth0Plan }: RatePlanOptions): readonly string[] {
  return [
    ...(oktaPlan === undefined ? [] : ["--okta-plan", oktaPlan]),
    ...(auth0Plan === undefined ? [] : ["--auth0-plan", auth0Plan]),
  ];
}
