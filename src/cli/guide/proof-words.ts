import type { CheckId } from "../../desired/check-id.ts";
import type { Preset } from "../../desired/preset.ts";
import type { GuideConnection } from "./guide.ts";
import { type Block, code, type Line, line, strong, told } from "./page.ts";

/** What is proven without anybody signing in, in the customer's words, and by which checks. */
interface ProofTopic {
  readonly checks: readonly CheckId[];
  readonly words: string;
  /** Whether it is looked at for a connection. */
  readonly when?: (connection: GuideConnection) => boolean;
}

const byDiscovery = ({ sendBack }: GuideConnection): boolean => !sendBack.endpoints;

const proofTopics: readonly ProofTopic[] = [
  {
    checks: ["D1", "D3", "D5", "D6", "T1", "T2"],
    words:
      "The discovery document is reachable from the internet over https, names exactly the issuer that was agreed, and has the endpoints that a sign-in needs.",
    when: byDiscovery,
  },
  {
    checks: ["D6", "T1", "T2"],
    words: "The endpoints that were agreed are reachable from the internet over https.",
    when: ({ sendBack }) => sendBack.endpoints,
  },
  {
    checks: ["D7", "K1", "K2", "K3", "K4", "K5"],
    words: "The published signing keys are there, strong enough, and can be told apart.",
  },
  {
    checks: ["D8", "D9", "D10", "D11", "D12", "D13"],
    words: "The code flow, the client authentication, PKCE, the scopes and the claims are offered.",
    when: byDiscovery,
  },
  {
    checks: ["P1", "P2", "P3"],
    words:
      "The redirect URI is registered, and others are refused: sign-ins that nobody finishes are begun with `prompt=none`.",
  },
  {
    checks: ["P7"],
    words: "The addresses for after the sign-out are registered.",
    when: ({ client, endSession }) => endSession && client.postLogoutRedirectUris.length > 0,
  },
  {
    checks: ["S1"],
    words: "The client's credentials are right: an invented code is redeemed, and refused for the code alone.",
  },
  {
    checks: ["S2"],
    words: "A deliberately wrong secret is refused. It may show in your log as one failed client authentication.",
    when: ({ sendBack, wrongSecretControl }) => sendBack.secret !== null && wrongSecretControl,
  },
  {
    checks: ["A1", "A2", "A3", "A4", "A6", "A8"],
    words:
      "The app begins the sign-in with this client and this redirect URI, with fresh state, nonce and PKCE, and refuses a forged answer.",
    when: ({ client }) => client.startUrl !== null,
  },
];

/** How one connection is tested, and what only a person can show. */
export function proofBlocks(connection: GuideConnection, preset: Preset | undefined): readonly Block[] {
  const topics = proofTopics.filter(({ when }) => when === undefined || when(connection));
  return [
    {
      kind: "text",
      text: line`Before anybody can come in, and again at each change, these are tested ${strong("without a login")}: no account of yours is needed.`,
    },
    { kind: "list", items: topics.map(({ words }) => told(words)) },
    { kind: "text", text: line`${strong("What a test login adds.")} ${only(preset)}` },
  ];
}

function only(preset: Preset | undefined): Line {
  const more =
    "It shows what no machine sees from outside: that people are assigned, that consent was given, which claims really come, and that a second factor works. Have one person of yours ready for it, with an account that is assigned.";
  switch (preset?.probes.promptNone) {
    case "ignored":
      return line`${preset.title} does not answer ${code("prompt=none")}, so only a test login shows that the redirect URI is right. ${more}`;
    case "unknown":
      return line`How ${preset.title} answers ${code("prompt=none")} is not confirmed: a test login may be needed to show that the redirect URI is right. ${more}`;
    default:
      return [more];
  }
}
