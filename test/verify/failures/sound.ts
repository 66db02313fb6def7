import { createAuthority } from "../../../sandbox/authority.ts";
import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import { createExternalSite } from "../../../sandbox/external/external-site.ts";
import { oidcProvider } from "../../../sandbox/external/vendors/oidc-provider.ts";
import { Faults } from "../../../sandbox/faults.ts";
import { Misbehaviours } from "../../../sandbox/misbehave/misbehaviours.ts";
import { listen } from "../../../sandbox/server.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { VerifySubject } from "../../../src/verify/subject.ts";
import { type Verification, type VerifyOptions, verifySubject } from "../../../src/verify/verify.ts";
import { ioOf, subjectWith } from "../subject.ts";

/** Where the sound provider is at home. */
export const host = "id.sound.example";
export const issuer = `https://${host}`;
/** Characters that a Basic header must be form-encoded for. */
const secret = "s3cr3t canary/+%&value-for-tests";

/** A real oidc-provider with one client, over TLS on loopback, and the switches that make it misbehave. */
export interface SoundProvider {
  readonly provider: CustomerProvider;
  readonly client: CustomerClient;
  readonly misbehaviours: Misbehaviours;
  /** Methods and paths of the requests since the last call. */
  requests(): readonly string[];
  verify(changes?: Partial<VerifySubject>, options?: Partial<VerifyOptions>): Promise<Verification>;
  close(): Promise<void>;
}

/** Starts the provider. Its clock is the machine's. */
export async function startSoundProvider(): Promise<SoundProvider> {
  const authority = await createAuthority(Date.now());
  const provider = new CustomerProvider(oidcProvider(host));
  const client = provider.register({
    clientId: "acme portal",
    method: "client_secret_basic",
    redirectUris: ["https://portal.acme.example/openid/callback/7vk2"],
    postLogoutUris: ["https://portal.acme.example/"],
    secret,
  });
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
    verify: (changes = {}, options = {}) =>
      verifySubject(
        subjectWith({
          issuer,
          clientId: client.clientId,
          secret: { value: new Secret(secret), copy: "record" },
          redirectUri: client.redirectUris[0] ?? "",
          postLogoutRedirectUris: client.postLogoutUris,
          claims: ["email", "groups"],
          ...changes,
        }),
        { ...ioOf({ network }), clock: Date.now },
        { secretProbe: true, wrongSecretControl: true, ...options },
      ),
    close: () => server.close(),
  };
}
