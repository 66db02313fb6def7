import type { CertificateFault } from "./certificate-fault.ts";
import type { Layer } from "./exchange.ts";

/** What a misbehaviour is about. */
export type MisbehaviourKind =
  | "issuer"
  | "document"
  | "endpoints"
  | "keys"
  | "authorization"
  | "token"
  | "logout"
  | "transport"
  | "clock";

/** One way in which a provider can be wrong: one switch. */
export interface Misbehaviour {
  /** The failure mode, in kebab case. */
  readonly name: string;
  readonly kind: MisbehaviourKind;
  /** One sentence: what the provider does. */
  readonly about: string;
  /** A layer for one site, with a memory of its own; absent where the exchange itself stays as it is. */
  readonly layer?: () => Layer;
  /** What certificate the host shows instead of its own. */
  readonly certificate?: CertificateFault;
  /** Newest version of TLS that the host speaks; absent: whatever Node speaks. */
  readonly tls?: "TLSv1.1";
}
