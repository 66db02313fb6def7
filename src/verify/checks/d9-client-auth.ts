import type { Check } from "../check.ts";
import { listMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass, plain } from "../finding.ts";
import { specs } from "../specs.ts";
import { spelled } from "./d8-code-flow.ts";

/**
 * The client's authentication method is listed. Without a list the default is `client_secret_basic`; then another
 * method is only doubted, because the token endpoint will tell. `none` is seldom listed even where it works. For
 * `private_key_jwt` the algorithm of the app's key must be listed too (RFC 8414, section 2).
 */
export const clientAuthListed: Check = {
  id: "D9",
  title: "The client's authentication method is offered",
  spec: specs.discovery("3"),
  level: "must",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata, subject }) {
    const document = await metadata();
    const listed = listMember(document, "token_endpoint_auth_methods_supported");
    const method = subject.clientAuth;
    if (method === "none" && listed?.includes("none") !== true) {
      return pass("none is not listed, as mostly where public clients are taken; S1 tells.", {
        listed: spelled(listed ?? []),
      });
    }
    if (listed === undefined) {
      if (method === "client_secret_basic")
        return pass("The document lists no methods; client_secret_basic is the default.");
      return fail(
        "VERIFY_CLIENT_AUTH_UNLISTED",
        `The document lists no methods, which stands for client_secret_basic; the client uses ${method}.`,
        {},
        { expected: method, level: "should" },
      );
    }
    if (!listed.includes(method)) {
      const possible = listed.filter((item) => item === "client_secret_basic" || item === "client_secret_post");
      return fail(
        "VERIFY_CLIENT_AUTH_UNLISTED",
        `The identity provider does not list ${method}.`,
        { listed: spelled(listed) },
        {
          expected: method,
          actual: spelled(listed),
          hint:
            possible.length === 0 ? undefined : `Set clientAuth: ${possible.join(" or ")}, and the same at the client.`,
        },
      );
    }
    const algorithms = listMember(document, "token_endpoint_auth_signing_alg_values_supported");
    const algorithm = method === "private_key_jwt" ? subject.clientKey?.publicKey.alg : undefined;
    if (algorithm !== undefined && algorithms !== undefined && !algorithms.includes(algorithm)) {
      return fail(
        "VERIFY_CLIENT_AUTH_UNLISTED",
        `The app's key signs with ${plain(algorithm)}, which the identity provider does not list for client assertions.`,
        { listed: spelled(algorithms) },
        {
          expected: plain(algorithm),
          actual: spelled(algorithms),
          hint: "Give the app a key whose algorithm is listed, or use a client secret for this tenant.",
        },
      );
    }
    if (method === "private_key_jwt" && (algorithms === undefined || algorithms.includes("none"))) {
      return fail(
        "VERIFY_CLIENT_AUTH_ALGORITHMS",
        algorithms === undefined
          ? "private_key_jwt is listed without token_endpoint_auth_signing_alg_values_supported, so nobody says which algorithms are taken."
          : "token_endpoint_auth_signing_alg_values_supported lists none: an assertion that nobody signed must never be taken.",
        {},
        {
          expected: "RS256 or ES256, and never none",
          actual: algorithms === undefined ? "nothing" : spelled(algorithms),
          level: "should",
          hint: "The identity provider's administrator can set the algorithms that it takes for client assertions.",
        },
      );
    }
    return pass(algorithm === undefined ? `${method} is listed.` : `${method} is listed, with ${plain(algorithm)}.`);
  },
};
