import { agreedClientAuth, clientAuthOfSource, sourceOf } from "../desired/capability.ts";
import type { Rule } from "./rule.ts";

/** File, app and identity provider must share a client authentication; the error names all three sides. */
export const clientAuthIsShared: Rule = ({ workspace, tenants }) =>
  tenants.flatMap((tenant) =>
    tenant.connections.flatMap((entry) => {
      const signIn = tenant.signIns.get(entry.signIn);
      const app = workspace.apps.get(entry.app);
      const source = signIn === undefined ? undefined : sourceOf(signIn, workspace);
      if (signIn === undefined || app === undefined || source === undefined) return [];
      if (agreedClientAuth(signIn.clientAuth, source, app) !== undefined) return [];
      const shared = app.clientAuth.filter((method) => clientAuthOfSource(source).includes(method));
      return [
        {
          code: "RULE_CLIENT_AUTH" as const,
          ...tenant.positionOf(["signIns", signIn.name, "clientAuth"]),
          path: ["signIns", signIn.name, "clientAuth"],
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
    }),
  );
