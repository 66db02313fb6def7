import type { Json } from "../../desired/json.ts";
import { objectIn, textIn } from "../../vendor/json.ts";
import type { OktaApp } from "../../vendor/okta/apps.ts";
import type { OktaPolicies, OktaPolicy } from "../../vendor/okta/policies.ts";

/** What a policy's name comes to at the org: its id, or why there is none. */
export type ResolvedPolicy = { readonly id: string } | { readonly missing: string };

/**
 * Access policies of one org by name and by id. The list is read when the first name or id is asked for, so that nobody
 * needs the right to read policies who names none; again when something is not in it.
 */
export class PolicyDirectory {
  readonly #host: string;
  readonly #policies: OktaPolicies;
  #known: readonly OktaPolicy[] = [];
  #listing: Promise<readonly OktaPolicy[]> | undefined;

  constructor(host: string, policies: OktaPolicies) {
    this.#host = host;
    this.#policies = policies;
  }

  async resolve(name: string): Promise<ResolvedPolicy> {
    const known = this.#pick(this.#known, name);
    return "id" in known ? known : this.#pick(await this.#list(), name);
  }

  /** The name of the policy that an app has; its id when it is none that apps are given; null when there is none. */
  async nameFor(app: OktaApp): Promise<Json> {
    const id = policyIdOf(app);
    if (id === undefined) return null;
    const named = (policies: readonly OktaPolicy[]) => policies.find((policy) => policy.id === id)?.name;
    return named(this.#known) ?? named(await this.#list()) ?? id;
  }

  #pick(policies: readonly OktaPolicy[], name: string): ResolvedPolicy {
    const named = policies.filter((policy) => policy.name === name);
    const active = named.filter((policy) => policy.active);
    const [policy] = active;
    if (policy !== undefined && active.length === 1) return { id: policy.id };
    const shown = `access policy named ${JSON.stringify(name)}`;
    if (active.length > 1) return { missing: `Okta (${this.#host}) has ${active.length} times an ${shown}` };
    const what = named.length > 0 ? `has switched off the ${shown}` : `shows no ${shown} to these credentials`;
    return { missing: `Okta (${this.#host}) ${what}` };
  }

  /** Those that ask at the same time share one list. */
  #list(): Promise<readonly OktaPolicy[]> {
    this.#listing ??= this.#policies
      .access()
      .then((policies) => {
        this.#known = policies;
        return policies;
      })
      .finally(() => {
        this.#listing = undefined;
      });
    return this.#listing;
  }
}

/** The id of the access policy that an app has: the end of a link that every answer holds, lists too. */
export function policyIdOf(app: OktaApp): string | undefined {
  const href = textIn(objectIn(objectIn(app.raw, "_links"), "accessPolicy"), "href");
  return href === undefined ? undefined : /\/policies\/([^/?#]+)$/.exec(href)?.[1];
}
