import { BodyTooLarge, send } from "../answer.ts";
import { resend } from "../capture.ts";
import type { Site, SiteRequest } from "../site.ts";
import { drip } from "../strike.ts";
import { allMisbehaviours } from "./all.ts";
import type { CertificateFault } from "./certificate-fault.ts";
import { type Exchange, type Layer, openExchange } from "./exchange.ts";
import type { Misbehaviour } from "./misbehaviour.ts";

/** A switch that is on. */
export interface Switched {
  readonly host: string;
  readonly name: string;
}

interface Active extends Switched {
  readonly misbehaviour: Misbehaviour;
  readonly layer: Layer | undefined;
}

/** A switch by its name. */
export function misbehaviourOf(name: string): Misbehaviour | undefined {
  return allMisbehaviours.find((each) => each.name === name);
}

/**
 * The switches that are on, by host. What changes exchanges goes for every host of the site that the named host belongs
 * to, because an identity provider spreads its endpoints; certificates and TLS go for the named host alone.
 */
export class Misbehaviours {
  readonly #active: Active[] = [];

  /** Turns a switch on; does nothing where it is on. Throws a `TypeError` when there is no such switch. */
  add(host: string, name: string): void {
    const misbehaviour = misbehaviourOf(name);
    if (misbehaviour === undefined) throw new TypeError(`there is no misbehaviour ${name}`);
    if (this.#active.some((each) => each.host === host && each.name === name)) return;
    this.#active.push({ host, name, misbehaviour, layer: misbehaviour.layer?.() });
  }

  /** Turns switches off: all of them, those of a host, or one. How many were on. */
  clear(host?: string, name?: string): number {
    const before = this.#active.length;
    const kept = this.#active.filter(
      (each) => (host !== undefined && each.host !== host) || (name !== undefined && each.name !== name),
    );
    this.#active.splice(0, before, ...kept);
    return before - kept.length;
  }

  /** What is on, oldest first. */
  get switched(): readonly Switched[] {
    return this.#active.map(({ host, name }) => ({ host, name }));
  }

  /** What the host's certificate is wrong in; of several the newest. */
  certificateOf(host: string): CertificateFault | undefined {
    return this.#ofHost(host).findLast(({ certificate }) => certificate !== undefined)?.certificate;
  }

  /** Whether the host speaks no newer TLS than 1.1. */
  speaksOldTls(host: string): boolean {
    return this.#ofHost(host).some(({ tls }) => tls !== undefined);
  }

  /** Lets the site answer, with what is changed on the way. Fails as the site does. */
  async handle(site: Site, asked: SiteRequest): Promise<void> {
    const layers = this.#active.flatMap(({ host, layer }) =>
      layer !== undefined && site.hosts.includes(host) ? [layer] : [],
    );
    if (layers.length === 0) return site.handle(asked);
    const whole = layers.reduce<Layer>(
      (below, layer) => (exchange) => layer(over(exchange, below)),
      (exchange) => exchange.ask(),
    );
    const { response } = asked;
    let exchange: Exchange;
    try {
      exchange = await openExchange(site, asked);
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) throw error;
      return send(response, { ...site.problem(413), headers: { connection: "close" } });
    }
    const { pace, ...reply } = await whole(exchange);
    // A reply without a date shall have none.
    if (reply.headers.date === undefined) response.sendDate = false;
    response.removeHeader("date");
    if (pace === undefined) resend(response, reply);
    else void drip(response, reply, pace.bytes, pace.milliseconds);
  }

  #ofHost(host: string): readonly Misbehaviour[] {
    return this.#active.filter((each) => each.host === host).map(({ misbehaviour }) => misbehaviour);
  }
}

/** The exchange whose questions go through one more layer. */
function over(exchange: Exchange, below: Layer): Exchange {
  return {
    ...exchange,
    ask: (change = {}) =>
      below({
        ...exchange,
        ...("query" in change && change.query !== undefined ? { query: change.query } : {}),
        ...("form" in change && change.form !== undefined ? { form: change.form } : {}),
        ...("authorization" in change ? { authorization: change.authorization } : {}),
        ask: (next = {}) => exchange.ask({ ...change, ...next }),
      }),
  };
}
