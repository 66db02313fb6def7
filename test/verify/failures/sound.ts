import { createAuthority } from "../../../sandbox/authority.ts";
import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import { createExternalSite } from "../../../sandbox/external/external-site.ts";
import type { Vendor } from "../../../sandbox/external/vendor.ts";
import { oidcProvider } from "../../../sandbox/external/vendors/oidc-provider.ts";
import { Faults } from "../../../sandbox/faults.ts";
import { Misbehaviours } from "../../../sandbox/misbehave/misbehaviours.ts";
import { listen } from "../../../sandbox/server.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { VerifySubject } from "../../../src/verify/subject.ts";
import { type Verification, verifySubject } from "../../../src/verify/verify.ts";
import { newPair, signsWith } from "../client-keys.ts";
import { ioOf, subjectWith } from "../subject.ts";

/** Where the sound provider is at home. */
export const host = "id.sound.example";
/** Stands in every secret that is sent, and in no result. */
export const sentinel = "canary-value-for-tests";
/** With characters that a Basic header must be form-encoded for. */
const secret = `s3cr3t /+%&${sentinel}`;

const { pushedRequest: _pushed, ...endpoints } = oidcProvider(host).endpoints;
/** A provider that takes no pushed requests, by which a redirect URI could be proven too. */
export const withoutPushing: Partial<Vendor> = { endpoints };

/** A real oidc-provider with one client, over TLS on loopback, and the switches that make it misbehave. */
export interface SoundProvider {
  readonly provider: CustomerProvider;
  readonly client: CustomerClient;
  readonly misbehaviours: Misbehaviours;
  /** Methods and paths of the requests since the last call. */
  requests(): readonly string[];
  verify(changes?: Partial<VerifySubject>, how?: How): Promise<Verification>;
  close(): Promise<void>;
}

/** How a verification is made. */
interface How {
  /** Milliseconds for one exchange. */
  readonly deadline?: number | undefined;
  /** What the client shows at the token endpoint; the secret when absent. */
  readonly shows?: "secret" | "key" | "nothing" | undefined;
}

/** Starts the provider, with other ways of its product where given. Its clock is the machine's. */
export async function startSoundProvider(vendor: Partial<Vendor> = {}): Promise<SoundProvider> {
  const authority = await createAuthority(Date.now());
  const provider = new CustomerProvider({ ...oidcProvider(host), ...vendor });
  const client = provider.register({
    clientId: "acme portal",
    method: "client_secret_basic",
    redirectUris: ["https://portal.acme.example/openid/callback/7vk2"],
    postLogoutUris: ["https://portal.acme.example/"],
    secret,
  });
  const [redirectUri = ""] = client.redirectUris;
  const { postLogoutUris, redirectUris } = client;
  const pair = newPair("ES256");
  const keys = [{ ...pair.publicKey }] as unknown as CustomerClient["keys"];
  provider.register({ clientId: "acme-key", method: "private_key_jwt", redirectUris, postLogoutUris, keys });
  provider.register({ clientId: "acme-public", method: "none", redirectUris, postLogoutUris });
  /** The same app by another way of showing who it is. */
  const shows = {
    secret: { clientId: client.clientId, secret: { value: new Secret(secret), copy: "record" } },
    key: { clientId: "acme-key", ...signsWith(pair) },
    nothing: { clientId: "acme-public", clientAuth: "none", secret: undefined },
  } as const;
  const misbehaviours = new Misbehaviours();
  const seen: string[] = [];
  const server = await listen({
    port: 0,
    authority,
    sites: [createExternalSite(provider, Date.now)],
    faults: new Faults(),
    misbehaviours,
    clock: Date.now,
    onRequest: ({ method, path }) => seen.push(`${method} ${path}`),
  });
  const network = { connect: { host: "127.0.0.1", port: server.port, ca: authority.certificate } };
  return {
    provider,
    client,
    misbehaviours,
    requests: () => seen.splice(0),
    verify: (changes = {}, how = {}) =>
      verifySubject(
        subjectWith({
          issuer: provider.issuer,
          redirectUri,
          postLogoutRedirectUris: postLogoutUris,
          ...shows[how.shows ?? "secret"],
          claims: ["email", "groups"],
          ...changes,
        }),
        { ...ioOf({ network }, { deadline: how.deadline ?? 5_000 }), clock: Date.now },
        { secretProbe: true, wrongSecretControl: true },
      ),
    close: () => server.close(),
  };
}
