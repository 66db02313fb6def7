import { agreedClientAuth, clientAuthOf, clientAuthOfSource, takesKey, takesKeyId } from "../desired/capability.ts";
import { presetOf, refusedBy } from "../desired/preset.ts";
import type { Rule, Use } from "./rule.ts";

/** What the customer's product can do is known of some: the rule names all three sides as well. */
export const clientAuthIsTheProducts: Rule = ({ uses }) =>
  uses.flatMap((use) => {
    const { signIn, app } = use;
    const agreed = clientAuthOf(use);
    const product = presetOf(signIn.external?.issuer ?? "", signIn.preset);
    if (signIn.external === undefined || agreed === undefined || product === undefined) return [];
    const refused = refusedBy(product, agreed);
    if (refused === undefined) return [];
    const shared = app.clientAuth.filter((method) => product.clientAuth.takes.includes(method));
    return [
      {
        code: "RULE_CLIENT_AUTH" as const,
        ...placeOf(use),
        message:
          `the file says ${signIn.clientAuth ?? `nothing, which comes to ${agreed}`}, ` +
          `app \`${app.name}\` can do ${app.clientAuth.join(", ")}, ${refused}`,
        hint:
          shared.length === 0
            ? "app and product share none: change `clientAuth` of the app in tenantry.yaml"
            : `write \`clientAuth: ${shared[0]}\``,
      },
    ];
  });

/** File, app and identity provider must share a client authentication; the error names all three sides. */
export const clientAuthIsShared: Rule = ({ uses }) =>
  uses.flatMap(({ tenant, signIn, app, source }) => {
    if (agreedClientAuth(signIn.clientAuth, source, app) !== undefined) return [];
    const shared = app.clientAuth.filter((method) => clientAuthOfSource(source).includes(method));
    return [
      {
        code: "RULE_CLIENT_AUTH" as const,
        ...placeOf({ tenant, signIn }),
        message:
          `no client authentication in common: the file says ${signIn.clientAuth ?? "nothing"}, ` +
          `app \`${app.name}\` can do ${app.clientAuth.join(", ")}, ` +
          `identity provider \`${signIn.idp}\` can do ${clientAuthOfSource(source).join(", ")}`,
        hint:
          shared.length === 0
            ? "app and identity provider share none: change `clientAuth` of the app in tenantry.yaml"
            : `write \`clientAuth: ${shared[0]}\``,
      },
    ];
  });

/** `private_key_jwt` takes a key of the app that the identity provider can verify. */
export const clientKeyFits: Rule = ({ uses }) =>
  uses.flatMap((use) => {
    if (clientAuthOf(use) !== "private_key_jwt") return [];
    const { app, source, signIn } = use;
    if (app.clientKey === undefined) {
      return [
        {
          code: "RULE_CLIENT_KEY" as const,
          ...placeOf(use),
          message: `\`private_key_jwt\` needs a key, and app \`${app.name}\` has none`,
          hint: `add \`clientKey\` to app \`${app.name}\` in tenantry.yaml, or choose another \`clientAuth\``,
        },
      ];
    }
    const { publicKey } = app.clientKey;
    if (takesKey(source, publicKey) && !takesKeyId(source, publicKey)) {
      return [
        {
          code: "RULE_CLIENT_KEY" as const,
          ...placeOf(use),
          message: `the key of app \`${app.name}\` has a \`kid\` that \`${signIn.idp}\` does not take`,
          hint: "Auth0 takes a `kid` of 10 to 64 letters, digits, `-` and `_`",
        },
      ];
    }
    if (takesKey(source, publicKey)) return [];
    return [
      {
        code: "RULE_CLIENT_KEY" as const,
        ...placeOf(use),
        message: `app \`${app.name}\` signs with ${publicKey.alg}, which \`${signIn.idp}\` does not take`,
        hint: "give the app an RSA key with RS256, or choose another `clientAuth`",
      },
    ];
  });

/** A client that proves nothing of itself is held by PKCE alone (RFC 9700, section 2.1.1). */
export const publicClientHasPkce: Rule = ({ uses }) =>
  uses.flatMap((use) => {
    if (clientAuthOf(use) !== "none" || use.signIn.pkce !== "off") return [];
    const path = ["signIns", use.signIn.name, "pkce"];
    return [
      {
        code: "RULE_PKCE_MISSING" as const,
        ...use.tenant.positionOf(path),
        path,
        message: "`clientAuth: none` with `pkce: off` lets whoever sees a code redeem it",
        hint: "remove `pkce: off`",
      },
    ];
  });

function placeOf({ tenant, signIn }: Pick<Use, "tenant" | "signIn">) {
  const path = ["signIns", signIn.name, "clientAuth"];
  return { ...tenant.positionOf(path), path };
}
