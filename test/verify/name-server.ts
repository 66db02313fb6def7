import { createSocket, type Socket } from "node:dgram";
import { type AddressInfo, createServer } from "node:net";
import { type Answer, decode, encode, type Packet, RECURSION_AVAILABLE, streamDecode, streamEncode } from "dns-packet";

/** Answers a question: records and a response code, or bytes, or nothing at all. */
export type Responder = (question: {
  readonly name: string;
  readonly type: string;
  readonly over: "udp" | "tcp";
}) => { readonly answers?: Answer[]; readonly rcode?: number; readonly truncated?: boolean } | Buffer | undefined;

/** Response codes of DNS (RFC 1035, section 4.1.1). */
export const rcodes = { noError: 0, formatError: 1, serverFailure: 2, noSuchName: 3, notImplemented: 4, refused: 5 };

export interface NameServer {
  /** `127.0.0.1:PORT`, the same for UDP and TCP. */
  readonly address: string;
  /** Every question so far, such as `udp TXT _tenantry.acme.example`. */
  readonly questions: readonly string[];
  respond(responder: Responder): void;
  close(): Promise<void>;
}

/** A DNS server on loopback, for UDP and TCP. */
export async function startNameServer(first: Responder = () => ({ rcode: rcodes.noSuchName })): Promise<NameServer> {
  let responder = first;
  const questions: string[] = [];
  const replyTo = (message: Packet, over: "udp" | "tcp"): Packet | Buffer | undefined => {
    const [question] = message.questions ?? [];
    if (question === undefined) return undefined;
    const { name, type } = question;
    questions.push(`${over} ${type} ${name}`);
    const reply = responder({ name, type, over });
    if (reply === undefined || Buffer.isBuffer(reply)) return reply;
    const { answers = [], rcode = 0, truncated = false } = reply;
    const flags = (RECURSION_AVAILABLE | 0x0100 | (truncated ? 0x0200 : 0)) + rcode;
    return { type: "response", id: message.id, flags, questions: [question], answers };
  };
  const tcp = createServer((socket) => {
    const chunks: Buffer[] = [];
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length < 2 || all.length < all.readUInt16BE(0) + 2) return;
      const reply = replyTo(streamDecode(all), "tcp");
      if (reply === undefined) return;
      socket.end(Buffer.isBuffer(reply) ? reply : streamEncode(reply));
    });
  });
  const udp: Socket = createSocket("udp4", (data, from) => {
    const reply = replyTo(decode(data), "udp");
    if (reply !== undefined) udp.send(Buffer.isBuffer(reply) ? reply : encode(reply), from.port, from.address);
  });
  await new Promise<void>((resolve) => tcp.listen(0, "127.0.0.1", resolve));
  const { port } = tcp.address() as AddressInfo;
  await new Promise<void>((resolve, reject) => udp.once("error", reject).bind(port, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${port}`,
    questions,
    respond(next) {
      responder = next;
    },
    async close() {
      await new Promise<void>((resolve) => udp.close(resolve));
      await new Promise<void>((resolve) => tcp.close(() => resolve()));
    },
  };
}

export function txt(name: string, ...parts: readonly string[]): Answer {
  return { type: "TXT", name, ttl: 60, data: [...parts] };
}

export function cname(name: string, to: string): Answer {
  return { type: "CNAME", name, ttl: 60, data: to };
}
