import { textOf } from "../json.ts";
import type { Layer } from "./exchange.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { members } from "./replies.ts";

/** The document names another issuer than the one it stands at. Facts: OpenID Connect Discovery 1.0, section 4.3. */
export const issuerMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "issuer-slash-missing",
    kind: "issuer",
    about: "The discovery document names the issuer without its final slash.",
    layer: named((issuer) => issuer.replace(/\/$/, "")),
  },
  {
    name: "issuer-slash-added",
    kind: "issuer",
    about: "The discovery document names the issuer with a slash at its end.",
    layer: named((issuer) => `${issuer.replace(/\/$/, "")}/`),
  },
  {
    name: "issuer-http",
    kind: "issuer",
    about: "The discovery document names the issuer with http, as behind a proxy that ends TLS.",
    layer: named((issuer) => issuer.replace(/^https:/, "http:")),
  },
  {
    name: "issuer-internal-host",
    kind: "issuer",
    about: "The discovery document names the issuer by the host name that it has inside the company.",
    layer: named((issuer) => issuer.replace(/^https:\/\/[^/]+/, "https://idp.internal.example")),
  },
  {
    name: "issuer-other-path",
    kind: "issuer",
    about: "The discovery document is that of another authorization server on the same host.",
    layer: named((issuer) => `${issuer.replace(/\/$/, "")}/oauth2/default`),
  },
  {
    name: "issuer-upper-case",
    kind: "issuer",
    about: "The discovery document names the issuer with its host in capitals.",
    layer: named((issuer) =>
      issuer.replace(/^https:\/\/[^/]+/, (origin) => `https://${origin.slice(8).toUpperCase()}`),
    ),
  },
  {
    name: "issuer-tenantid-placeholder",
    kind: "issuer",
    about: "The discovery document names an issuer with {tenantid} in it, as Entra ID's common endpoint does.",
    layer: named((issuer) => `${new URL(issuer).origin}/{tenantid}/v2.0`),
  },
  {
    name: "issuer-missing",
    kind: "issuer",
    about: "The discovery document names no issuer.",
    layer: members(() => ({ issuer: undefined })),
  },
];

function named(change: (issuer: string) => string): () => Layer {
  return members(({ issuer }) => ({ issuer: change(textOf(issuer) ?? "https://nobody.example") }));
}
