import type { InnerCalls } from "../inner-call.ts";
import { PlayedApp } from "../portal/app.ts";
import { randomToken } from "../random.ts";
import type { Site } from "../site.ts";
import { Receiver } from "./receiver.ts";
import { ReceivedRecords } from "./records.ts";

/** Id of the key with which the example signs. */
const signingKeyId = "tenantry-1";
/** Id of the client by which the example gets access tokens. */
const clientId = "tenantry";

/** A team's receiver at `records.acme.example`, and the app at `billing.acme.example` that reads what it got. */
export interface PlayedReceiver {
  readonly sites: readonly Site[];
  /** Values of the references by which the example reaches it. */
  readonly env: Readonly<Record<"BILLING_RECEIVER_KEY" | "BILLING_RECEIVER_SECRET", string>>;
  readonly receiver: Receiver;
  readonly app: PlayedApp;
}

export function createReceiver({
  calls,
  clock,
}: {
  readonly calls: InnerCalls;
  readonly clock: () => number;
}): PlayedReceiver {
  const env = { BILLING_RECEIVER_KEY: randomToken(32), BILLING_RECEIVER_SECRET: randomToken(32) };
  const receiver = new Receiver(
    "records.acme.example",
    {
      signing: new Map([[signingKeyId, env.BILLING_RECEIVER_KEY]]),
      clients: new Map([[clientId, env.BILLING_RECEIVER_SECRET]]),
    },
    clock,
  );
  const app = new PlayedApp(
    {
      name: "billing",
      host: "billing.acme.example",
      start: "/sso/{tenant}/start",
      callback: "/sso/{tenant}/callback",
    },
    "",
    {
      keys: () => ({ sealing: undefined, client: undefined }),
      records: new ReceivedRecords("billing", () => receiver.tables("billing")),
      calls,
      clock,
    },
  );
  return { sites: [receiver.site, app.site], env, receiver, app };
}
