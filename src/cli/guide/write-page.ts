import type { Connection } from "../../desired/connection.ts";
import type { Preset } from "../../desired/preset.ts";
import { changeBlocks, claimBlocks, domainBlocks, sendBackBlocks, valueBlocks } from "./blocks.ts";
import { type Guide, type GuideConnection, presetOfConnection } from "./guide.ts";
import { type Block, code, type Line, line, listed, type Page, type Section, strong } from "./page.ts";
import { proofBlocks } from "./proof-words.ts";
import { setUpBlocks } from "./steps.ts";

/** The page of a guide: one section for each connection, then what is the same for all. Pure. */
export function pageOf(guide: Guide, connections: readonly Connection[]): Page {
  const presets = new Map(connections.map((connection) => [connection.key as string, presetOfConnection(connection)]));
  const several = guide.connections.length > 1;
  return {
    title: `Single sign-on for ${guide.name}`,
    blocks: introduction(guide),
    sections: [
      ...guide.connections.map((connection, index) =>
        connectionSection(guide, connection, presets.get(connection.key), several ? `${index + 1}-` : ""),
      ),
      ...(guide.domains.length === 0
        ? []
        : [{ id: "domains", title: ["Show that the domains are yours"], blocks: domainBlocks(guide) }]),
      { id: "changes", title: ["When something changes later"], blocks: changeBlocks(guide) },
    ],
  };
}

function introduction(guide: Guide): readonly Block[] {
  const { name, connections, status } = guide;
  const apps = listed([...new Set(connections.map(({ app }) => app.name))]);
  const theirs = connections.some(({ registeredBy }) => registeredBy === "customer");
  const steps: Line[] = [
    ...(theirs
      ? [
          line`You register a client at your identity provider, with the values on this page.`,
          line`You send back what it has made, in the way that this page says.`,
        ]
      : []),
    ...(guide.domains.length === 0 ? [] : [line`You set a DNS record for each of your domains.`]),
    line`We prove it all without a login, and only then let people in.`,
  ];
  return [
    {
      kind: "text",
      text: theirs
        ? line`For whoever runs the identity provider (single sign-on) of ${strong(name)}: what to set up so that your people sign in to ${apps} with the accounts they have, what to send back, and how it is tested. Nothing on this page is secret.`
        : line`For whoever looks after sign-ins at ${strong(name)}: how your people sign in to ${apps}, and what is needed of you. Nothing on this page is secret.`,
    },
    ...(status === "draft"
      ? [{ kind: "note", text: line`Nothing is set up on our side yet: it waits for what you send back.` } as const]
      : []),
    ...(status === "suspended" || status === "offboarded"
      ? [{ kind: "note", text: line`Sign-ins are switched off at present; what was set up is kept.` } as const]
      : []),
    {
      kind: "facts",
      rows: [
        ["Customer", [name]],
        ["Id here", line`${code(guide.tenant)}, ${code(guide.id)}`],
        ["For", line`${code(guide.environment)} of ${code(guide.workspace)}`],
        ...guide.contacts.map(({ role, email }) => [`Contact, ${role}`, [email]] as const),
        ["Questions", ["to whoever sent you this page"]],
      ],
    },
    { kind: "steps", items: steps },
  ];
}

function connectionSection(
  guide: Guide,
  connection: GuideConnection,
  preset: Preset | undefined,
  mark: string,
): Section {
  const { app, signIn, registeredBy } = connection;
  const by: Line = signIn === "default" ? [] : [", by ", code(signIn)];
  const id = (name: string): string => `${mark}${name}`;
  const section = (name: string, title: string, blocks: readonly Block[]): Section => ({
    id: id(name),
    title: [title],
    blocks,
  });
  return {
    id: id("app"),
    title: line`Sign-in to ${code(app.name)}${by}`,
    blocks: [{ kind: "text", text: line`The app is at ${code(app.baseUrl)}.` }],
    sections:
      registeredBy === "customer"
        ? [
            section("values", "Values for the client", valueBlocks(connection)),
            section(
              "steps",
              `Set up ${preset === undefined ? "your provider" : preset.title}`,
              setUpBlocks(connection, preset),
            ),
            section("claims", "Claims that must be sent", claimBlocks(connection)),
            section("send", "What to send back", sendBackBlocks(connection, preset?.issuer.shape)),
            ...byHand(connection, id),
            section("test", "How it is tested", proofBlocks(connection, preset)),
          ]
        : [
            section("ours", "Nothing to register", oursBlocks(connection, guide)),
            ...byHand(connection, id),
            section("test", "How it is tested", proofBlocks(connection, preset)),
          ],
  };
}

/** The client is at a provider that we may change: what the customer sees of it. */
function oursBlocks({ provider, client }: GuideConnection, guide: Guide): readonly Block[] {
  return [
    ...(provider?.theirs === true ? theirOrg(provider, guide) : atOurs(provider)),
    ...(client.startUrl === null
      ? []
      : [{ kind: "value", label: "Where a sign-in starts", value: client.startUrl } as const]),
  ];
}

function atOurs(provider: GuideConnection["provider"]): readonly Block[] {
  const where = provider === null ? line`our identity provider` : line`${code(provider.domain)}`;
  return [
    {
      kind: "text",
      text: line`The client is at ${where}, and we register it there: you set nothing up and send no secret back.`,
    },
  ];
}

/** The org is the customer's, who has let us register clients in it. */
function theirOrg({ kind, domain }: NonNullable<GuideConnection["provider"]>, { tenant }: Guide): readonly Block[] {
  const product = kind === "okta" ? "Okta org" : "Auth0 tenant";
  return [
    {
      kind: "text",
      text: line`The client is in your own ${product} ${code(domain)}. You have let us into its API, so we register and change the client there ourselves, and nothing else: what carries another mark than ours is never touched.`,
    },
    {
      kind: "list",
      items: [
        line`You find the client by its name, which begins with ${code(`${tenant}/`)}.`,
        line`${strong("Leave it as it is")}: a change by hand is found and undone by the next plan. Tell us what you want changed.`,
        line`${strong("The access to the API")} is yours to give and to end. Hand a new credential over in the way that you agreed with us, ${strong("never by mail, chat or ticket")}, and keep the old one until we say that the new one works.`,
      ],
    },
  ];
}

/** What a person of the app's team does besides: so that the customer knows what they wait for. */
function byHand({ manualSteps }: GuideConnection, id: (name: string) => string): readonly Section[] {
  if (manualSteps.length === 0) return [];
  const end = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
  return [
    {
      id: id("by-hand"),
      title: ["What is done by hand"],
      blocks: [
        { kind: "text", text: ["By the app's team, unless you have agreed otherwise:"] },
        {
          kind: "list",
          items: manualSteps.map(({ when, text }) => [
            `${when === "before" ? "Before people come in" : "After each change"}: ${end(text)}`,
          ]),
        },
      ],
    },
  ];
}
