import type { Guide, GuideConnection } from "./guide.ts";
import type { HandOver } from "./hand-over.ts";
import { type Block, code, type Fact, type Inline, type Line, line, listed, strong } from "./page.ts";
import { clientAuthWords } from "./steps.ts";

// The parts of a guide that are the same whatever the product is.

/** The client's values, each to be copied. */
export function valueBlocks({ client, app }: GuideConnection): readonly Block[] {
  const value = (label: string, text: string, note?: Line): Block => ({ kind: "value", label, value: text, note });
  const redirect: readonly Block[] =
    client.callback === "afterRecord"
      ? [
          {
            kind: "note",
            text: line`${strong("The redirect URI comes later.")} ${app.name} gives it out only when the connection has been made there, with the values that you send back. You get it from us, and enter it then; until then nobody can come in.`,
          },
          ...client.redirectUris.map((uri) =>
            value("Placeholder, where a redirect URI is demanded", uri, line`It leads nowhere, and is replaced later.`),
          ),
        ]
      : client.redirectUris.map((uri) =>
          value("Redirect URI (callback)", uri, line`Every character counts, upper and lower case too.`),
        );
  return [
    ...redirect,
    ...client.postLogoutRedirectUris.map((uri) => value("Address for after the sign-out (post-logout)", uri)),
    ...(client.startUrl === null
      ? []
      : [value("Where a sign-in starts", client.startUrl, line`For a tile in your people's portal of apps.`)]),
    value("Scopes", client.scopes.join(" ")),
    ...(client.jwks === null
      ? []
      : [
          value(
            "Our public key (JSON Web Key Set)",
            JSON.stringify(client.jwks, null, 2),
            line`Key ${code(client.jwks.keys[0]?.kid ?? "")}, algorithm ${code(client.jwks.keys[0]?.alg ?? "")}. It is public: the private half never leaves the app.`,
          ),
        ]),
    {
      kind: "facts",
      rows: [
        ["Kind of client", line`web application (${client.clientAuth === "none" ? "public" : "confidential"})`],
        ["Grant types", listed(client.grantTypes)],
        ["Response type", listed(client.responseTypes)],
        ["Response mode", [code(client.responseMode)]],
        ["Client authentication", line`${code(client.clientAuth)}: ${clientAuthWords[client.clientAuth]}`],
        ["PKCE", client.pkce === "S256" ? [code("S256")] : line`not used`],
        ...(client.acrValues.length === 0 ? [] : [["Asked for by acr_values", listed(client.acrValues)] as const]),
        ...Object.entries(client.extraParams).map(
          ([name, text]): Fact => ["Sent with each sign-in", [code(`${name}=${text}`)]],
        ),
      ],
    },
  ];
}

const fieldWords: Readonly<Record<string, string>> = {
  externalId: "a person's lasting id; it must never change or be given to somebody else",
  email: "the e-mail address",
  displayName: "the name that is shown",
  givenName: "the first name",
  familyName: "the family name",
};

/** The claims that the ID token must carry. */
export function claimBlocks(connection: GuideConnection): readonly Block[] {
  const { claims, roles, require: demands, product, sharedIssuer } = connection;
  const rows = claims.map(
    ({ field, claim }): Fact => [field, line`${path(claim)}: ${fieldWords[field] ?? "read by the app"}`],
  );
  return [
    {
      kind: "text",
      text: line`The ID token must carry these claims. The app reads the ID token, not only the userinfo endpoint.`,
    },
    { kind: "facts", rows },
    ...(roles === null ? [] : roleBlocks(roles)),
    ...Object.entries(demands).map(
      ([claim, value]): Block => ({
        kind: "note",
        text: line`${strong("Who comes in")}: only people whose claim ${code(claim)} is ${code(value)}${
          sharedIssuer === null ? "" : `; everybody with ${sharedIssuer} has the same issuer`
        }.`,
      }),
    ),
    ...(product === null
      ? []
      : [
          {
            kind: "text",
            text: line`Whether they come is seen in the first test login: a claim that your provider leaves out stays empty in the app.`,
          } as const,
        ]),
  ];
}

function roleBlocks(roles: NonNullable<GuideConnection["roles"]>): readonly Block[] {
  const others: readonly Fact[] =
    roles.otherwise === null
      ? [["any other", line`comes in without a role`]]
      : [["any other", line`role ${code(roles.otherwise)}`]];
  return [
    {
      kind: "text",
      text: line`Roles in the app come from ${path(roles.claim)}, a list of texts. What it may hold, letter by letter:`,
    },
    {
      kind: "facts",
      rows: [
        ...Object.entries(roles.map).map(([value, role]): Fact => [code(value), line`role ${code(role)}`]),
        ...others,
      ],
    },
  ];
}

/** A claim, or where it is inside another. */
function path(claim: readonly string[]): Line {
  return claim.flatMap((name, index): readonly Inline[] => (index === 0 ? [code(name)] : [" > ", code(name)]));
}

/** What the customer sends back, what of it is known, and how the secret travels. */
export function sendBackBlocks(connection: GuideConnection, issuerShape: string | undefined): readonly Block[] {
  const { sendBack, client } = connection;
  const shape = issuerShape === undefined ? "" : ` It looks like ${issuerShape}.`;
  const items: Line[] = [
    sendBack.issuer === null
      ? line`${strong("Issuer")}: the address that stands as ${code("issuer")} in your discovery document (…/.well-known/openid-configuration), letter by letter.${shape}`
      : line`${strong("Issuer")}: we have ${code(sendBack.issuer)}. Tell us if your discovery document says another one, even by a final slash.`,
    sendBack.clientId === null
      ? line`${strong("Client id")}: as your provider shows it. It is no secret, and may come by mail.`
      : line`${strong("Client id")}: we have ${code(sendBack.clientId)}.`,
    ...(sendBack.endpoints
      ? [
          line`${strong("Endpoints")}: we have them from you, because no discovery document is published. Tell us before one changes.`,
        ]
      : []),
    ...(sendBack.secret === null
      ? [
          client.clientAuth === "none"
            ? line`${strong("No secret")}: this client has none.`
            : line`${strong("No secret")}: the app signs with its own key.`,
        ]
      : [
          line`${strong("Client secret")}: ${handOverLine(sendBack.secret)}`,
          line`${strong("The day on which the secret expires")}, so that it is replaced before.`,
        ]),
  ];
  return [
    { kind: "list", items },
    ...(sendBack.secret === null
      ? []
      : [
          {
            kind: "note",
            text: line`${strong("Never send the secret by mail, chat or ticket")}, whole or in part, and never as a picture. If it happened, make a new one and delete the old.`,
          } as const,
        ]),
  ];
}

function handOverLine({ reference, way }: HandOver): Line {
  const place = way.place ?? "";
  switch (way.kind) {
    case "vault": {
      const [where = "", field] = place.split("#");
      const named: Line = field === undefined ? [] : line`, field ${code(field)}`;
      return line`put it into our Vault at ${code(where)}${named}, with the access that whoever sent you this page gives you.`;
    }
    case "onepassword":
      return line`share it with us by 1Password; it is kept there as ${code(place)}.`;
    case "aws":
      return line`put it into AWS Secrets Manager as ${code(place)}, with the access that whoever sent you this page gives you.`;
    case "gcp":
      return line`put it into Google Secret Manager as ${code(place)}, with the access that whoever sent you this page gives you.`;
    case "oneTime": {
      const kept: Line = reference === null ? [] : line` It is kept as ${code(reference)}.`;
      return line`by the one-time link or the shared safe that whoever sent you this page names.${kept}`;
    }
    default:
      return way.kind satisfies never;
  }
}

/** The DNS records that prove the domains. */
export function domainBlocks({ domains, name }: Guide): readonly Block[] {
  return [
    {
      kind: "text",
      text: line`Whoever types an address of these domains is sent to this sign-in, so we make sure that they are ${strong(name)}'s. Set one TXT record for each domain and leave it there; it holds no secret.`,
    },
    ...domains.flatMap(({ domain, record }): readonly Block[] => [
      { kind: "value", label: `${domain}: name of the TXT record`, value: record.name },
      { kind: "value", label: `${domain}: value of the TXT record`, value: record.value },
    ]),
    {
      kind: "text",
      text: line`Many DNS consoles add the name of the zone by themselves: then leave that ending out, such as ${code("_tenantry")} for the zone's own name. A domain without its record is not routed to your sign-in; everything else works.`,
    },
  ];
}

/** What happens when something changes later. */
export function changeBlocks(guide: Guide): readonly Block[] {
  const customers = guide.connections.filter(({ registeredBy }) => registeredBy === "customer");
  const secrets = customers.some(({ sendBack }) => sendBack.secret !== null);
  const keys = customers.some(({ client }) => client.jwks !== null);
  const items: Line[] = [
    ...(secrets
      ? [
          line`${strong("The client secret is replaced")} (before it expires, or when it was seen): make a second one beside the old, hand it over in the same way, and keep the old one until we tell you that the new one is proven. Where your provider keeps only one, agree a time with us.`,
        ]
      : []),
    ...(keys
      ? [
          line`${strong("Our key is replaced")}: you get a new key set from us first. Add it beside the old one, and remove the old one when we tell you.`,
        ]
      : []),
    ...(customers.length > 0
      ? [
          line`${strong("Issuer, endpoints or client id")}: tell us before. Nobody who can sign in now is put out: the new values are proven first, and the old ones stay until then.`,
          line`${strong("Redirect URI")}: it does not change by itself. If it must, you get the new one first and add it beside the old.`,
          line`${strong("Your signing keys")}: rotate them as you like; the app reads the published ones. Publish a new key before you sign with it.`,
        ]
      : [line`${strong("Who may come in")}: tell us; nothing at your side has to change.`]),
    line`${strong("Domains, claims or roles")}: tell us; it is a change of one file here, proven before it is switched on.`,
    line`${strong("The end")}: when the contract ends, sign-ins are switched off here first. Then delete the client and the TXT records.`,
  ];
  return [{ kind: "list", items }];
}
