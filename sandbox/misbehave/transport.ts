import { setTimeout as delay } from "node:timers/promises";
import type { Misbehaviour } from "./misbehaviour.ts";
import { objectIn } from "./replies.ts";

/** Certificates, versions of TLS, and how fast answers come. */
export const transportMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "certificate-expired",
    kind: "transport",
    about: "The certificate has expired.",
    certificate: "expired",
  },
  {
    name: "certificate-not-yet-valid",
    kind: "transport",
    about: "The certificate is valid from tomorrow on.",
    certificate: "not-yet-valid",
  },
  {
    name: "certificate-soon-expiring",
    kind: "transport",
    about: "The certificate expires in three days.",
    certificate: "soon-expiring",
  },
  {
    name: "certificate-wrong-host",
    kind: "transport",
    about: "The certificate is for another host name.",
    certificate: "wrong-host",
  },
  {
    name: "certificate-self-signed",
    kind: "transport",
    about: "The certificate is signed by itself.",
    certificate: "self-signed",
  },
  {
    name: "certificate-incomplete-chain",
    kind: "transport",
    about: "The certificate of the authority in between is not sent.",
    certificate: "incomplete-chain",
  },
  {
    name: "tls-1-1",
    kind: "transport",
    about: "The server speaks TLS 1.1 at most.",
    tls: "TLSv1.1",
  },
  {
    name: "slow-key-set",
    kind: "transport",
    about: "The key set takes 3.2 seconds.",
    layer: () => async (exchange) => {
      const reply = await exchange.ask();
      const isKeySet = exchange.method === "GET" && objectIn(reply)?.keys !== undefined;
      if (isKeySet) await delay(3_200, undefined, { ref: false });
      return reply;
    },
  },
  {
    name: "no-answer",
    kind: "transport",
    about: "Connections are taken, and no answer ever comes.",
    layer: () => () => new Promise(() => {}),
  },
  {
    name: "drip",
    kind: "transport",
    about: "Every answer comes by one byte a second.",
    layer: () => async (exchange) => ({ ...(await exchange.ask()), pace: { bytes: 1, milliseconds: 1_000 } }),
  },
];
