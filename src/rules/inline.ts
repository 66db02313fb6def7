import { canonicalJson } from "../desired/json.ts";
import type { Issue, Position } from "../errors/issue.ts";
import type { IdentityProvider } from "../workspace/workspace.ts";
import type { Rule, UsedSignIn } from "./rule.ts";

// Identity providers that tenant files give in place. Tenantry comes in there with a credential of the customer's, also
// in a plan of a pull request, so the file must not choose where that goes.

/** A sign-in with the org that its file gives. */
interface Inline extends UsedSignIn {
  readonly idp: IdentityProvider;
}

/** A credential goes only to hosts that tenantry.yaml lists, whatever a tenant's file says. */
export const inlineHostIsAllowed: Rule = ({ workspace, signIns }) => {
  const patterns = workspace.references.hosts ?? [];
  return inlines(signIns).flatMap((one) => {
    const { idp } = one;
    const hosts = [
      ["domain", idp.domain] as const,
      ...customDomainOf(idp).map((host) => ["customDomain", host] as const),
    ];
    return hosts
      .filter(([, host]) => !patterns.some((pattern) => allowsHost(pattern, host)))
      .map(([key, host]) =>
        issueAt(one, [key], {
          code: "RULE_HOST_FORBIDDEN",
          message: `\`${one.tenant.tenant}\` may not send a credential to \`${host}\`: \`references.hosts\` does not list it`,
          hint:
            patterns.length === 0
              ? `if it is the customer's, allow it in tenantry.yaml: \`references: { hosts: [${host}] }\``
              : `listed in tenantry.yaml: ${patterns.join(", ")}`,
        }),
      );
  });
};

/** Whether a pattern of `references.hosts` allows a host. `*` stands for one label. */
function allowsHost(pattern: string, host: string): boolean {
  if (!pattern.startsWith("*.")) return pattern === host;
  const dot = host.indexOf(".");
  return dot > 0 && host.slice(dot) === pattern.slice(1);
}

/**
 * An org is one identity provider: of two, each would take the other's clients, which carry the same workspace and
 * environment in their marker, for such that no file declares.
 */
export const inlineIsOneProvider: Rule = ({ workspace, signIns }) => {
  const own = new Map(
    [...workspace.identityProviders.values()]
      .filter(({ tenant }) => tenant === undefined)
      .flatMap((idp) => [idp.domain, ...customDomainOf(idp)].map((host): [string, string] => [host, idp.name])),
  );
  const all = inlines(signIns);
  return [...Map.groupBy(all, ({ idp }) => idp.domain)].flatMap(([domain, group]) => {
    const ours = own.get(domain);
    if (ours !== undefined) {
      return group.map((one) =>
        issueAt(one, ["domain"], {
          code: "RULE_INLINE_TWICE",
          message: `\`${domain}\` is \`${ours}\` of tenantry.yaml already`,
          hint: `write \`idp: ${ours}\` in place of \`${one.idp.kind}:\``,
        }),
      );
    }
    const [first, ...others] = group;
    if (first === undefined) return [];
    return others.flatMap((other): readonly Issue[] => {
      const anothers = other.tenant !== first.tenant;
      if (!anothers && sameButServer(first.idp) === sameButServer(other.idp)) return [];
      return [
        issueAt(other, ["domain"], {
          code: "RULE_INLINE_TWICE",
          message: anothers
            ? `\`${first.tenant.tenant}\` gives \`${domain}\` in place too`
            : `\`${domain}\` stands twice in the file, and not with the same settings`,
          hint: anothers
            ? "name it once, under `identityProviders` of tenantry.yaml, and write `idp:` in both files"
            : "repeat the same settings; only the authorization server may differ",
          related: [{ ...placeOf(first, ["domain"]).position, message: `\`${domain}\` stands here first` }],
        }),
      ];
    });
  });
};

/** What must be alike wherever an org is given: all but what each sign-in may choose. */
function sameButServer(idp: IdentityProvider): string {
  const { credentials, ...rest } = { ...idp, authorizationServer: "" };
  return canonicalJson(JSON.parse(JSON.stringify({ ...rest, credentials })));
}

function customDomainOf(idp: IdentityProvider): readonly string[] {
  return idp.kind === "auth0" && idp.customDomain !== undefined ? [idp.customDomain] : [];
}

function inlines(signIns: readonly UsedSignIn[]): readonly Inline[] {
  return signIns.flatMap((one) => (one.signIn.inline === undefined ? [] : [{ ...one, idp: one.signIn.inline }]));
}

function placeOf({ tenant, signIn, idp }: Inline, at: readonly string[]): { path: Issue["path"]; position: Position } {
  const path = ["signIns", signIn.name, idp.kind, ...at];
  return { path, position: tenant.positionOf(path) };
}

function issueAt(
  one: Inline,
  at: readonly string[],
  said: Pick<Issue, "code" | "message" | "hint" | "related">,
): Issue {
  const { path, position } = placeOf(one, at);
  return { ...said, ...position, path };
}
