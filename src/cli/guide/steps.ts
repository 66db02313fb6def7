import type { Preset } from "../../desired/preset.ts";
import type { GuideConnection } from "./guide.ts";
import { type Block, code, type Line, line, listed, sentence, strong, told } from "./page.ts";

/** How the app proves itself, in words of people who set clients up. */
export const clientAuthWords = {
  client_secret_basic: "client secret, sent in the Authorization header (HTTP Basic)",
  client_secret_post: "client secret, sent in the body of the token request (POST)",
  private_key_jwt: "private key JWT: the app signs with its own key, and there is no shared secret",
  none: "none: a public client with PKCE",
} as const;

/** The steps in the console of the customer's product; general ones where nobody has said which product it is. */
export function setUpBlocks(connection: GuideConnection, preset: Preset | undefined): readonly Block[] {
  const { client } = connection;
  const later = client.callback === "afterRecord";
  const steps: Line[] = [
    line`Make a new OpenID Connect client (many products say ${strong("app")} or ${strong("application")}) of the kind web application, used by nothing else. Only this app signs people in with it.`,
    ...(later
      ? [
          line`Leave the redirect URI out, or enter the placeholder above where one is demanded. The real one follows, and replaces it.`,
        ]
      : [line`Enter the redirect URI exactly as it stands above, as the only one${at(preset, "redirectUri")}.`]),
    ...(client.postLogoutRedirectUris.length === 0 || preset?.metadata.endSession === "none"
      ? []
      : [line`Enter the addresses for after the sign-out${at(preset, "postLogout")}.`]),
    line`Allow the grant types ${listed(client.grantTypes)} and no other; the implicit flow stays off.`,
    line`Set the client authentication (token endpoint authentication) to ${code(client.clientAuth)}: ${clientAuthWords[client.clientAuth]}.`,
    ...credential(connection, preset),
    ...(client.pkce === "S256" ? [line`Allow PKCE with ${code("S256")}, and demand it where the product can.`] : []),
    line`Allow the scopes ${listed(client.scopes)}${at(preset, "scopes")}.`,
    ...signing(preset),
    ...groups(connection, preset),
    line`Say who may come in: assign the people or groups, and give the consent for them where the product asks for it. Who is not assigned is refused by your provider, after the password.`,
  ];
  return [
    ...labels(preset, connection.product?.named === true),
    { kind: "steps", items: steps },
    ...goodToKnow(preset),
  ];
}

function at(preset: Preset | undefined, setting: keyof Preset["places"]): Line {
  const place = preset?.places[setting];
  return place === undefined ? [] : [" (", ...told(place), ")"];
}

function credential({ client, sendBack }: GuideConnection, preset: Preset | undefined): readonly Line[] {
  if (client.jwks !== null) {
    return [line`Give the client our public key, the key set above${at(preset, "publicKey")}. There is no secret.`];
  }
  if (sendBack.secret === null) return [];
  return [
    line`Make a client secret${at(preset, "secret")}. Note the day on which it expires. Where it goes stands under ${strong("What to send back")}.`,
  ];
}

function signing(preset: Preset | undefined): readonly Line[] {
  if (preset?.places.signingAlgorithm === undefined) return [];
  return [line`ID tokens are signed with a published key, such as ${code("RS256")}${at(preset, "signingAlgorithm")}.`];
}

/** What makes groups come, where the roles are read from them. */
function groups({ roles }: GuideConnection, preset: Preset | undefined): readonly Line[] {
  if (preset === undefined || roles === null) return [];
  const [claim] = roles.claim;
  if (roles.claim.length > 1 || claim === undefined) return [];
  if (claim !== "groups" && claim !== preset.groups.claim) return [];
  return [line`So that groups come: ${told(preset.groups.how)}.`];
}

/** Whether nobody has confirmed what a product's console calls its settings. */
export function labelsUnconfirmed(preset: Preset): boolean {
  return preset.sources.some((source) => /^Unconfirmed:.*\blabels\b/s.test(source));
}

function labels(preset: Preset | undefined, named: boolean): readonly Block[] {
  if (preset === undefined) {
    return [
      {
        kind: "text",
        text: line`Which product your provider is was not known when this page was made, so the steps name no menus. Tell us, and you get the page for it.`,
      },
    ];
  }
  return [
    {
      kind: "text",
      text: labelsUnconfirmed(preset)
        ? line`${strong("The names of menus below are not confirmed")} for ${preset.title}: where yours differ, go by the values, and tell us.`
        : line`Menus as ${preset.title} names them; yours may have moved.`,
    },
    ...(preset.issuer.certainty === "path" && !named
      ? [
          {
            kind: "note",
            text: line`Your provider was taken for ${preset.title} by the path of its address alone. If it is another product, tell us, and you get the page for that one.`,
          } as const,
        ]
      : []),
  ];
}

function goodToKnow(preset: Preset | undefined): readonly Block[] {
  if (preset === undefined || preset.quirks.length === 0) return [];
  return [
    { kind: "text", text: line`Good to know at ${preset.title}:` },
    { kind: "list", items: preset.quirks.map(sentence) },
  ];
}
