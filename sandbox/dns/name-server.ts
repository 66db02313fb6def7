import { createSocket } from "node:dgram";
import type { Socket } from "node:net";
import { type Answer, decode, encode, type Packet, streamDecode, streamEncode } from "dns-packet";
import type { DnsZone } from "./zone.ts";

/** The sandbox's DNS while it answers. */
export interface NameServer {
  close(): Promise<void>;
}

/** Bytes of an answer by UDP; a longer one is cut off, and asked for by TCP (RFC 1035, section 4.2.1). */
const longestDatagram = 512;

const flag = { recursionDesired: 0x0100, recursionAvailable: 0x0080, truncated: 0x0200 };
const rcode = { noSuchName: 3, serverFailure: 2, refused: 5 };

/** Seconds for which an answer may be kept; the sandbox's records change at any moment. */
const ttl = 1;

/** Answers DNS questions by UDP on 127.0.0.1. @throws the system's error when the port cannot be had */
export async function startNameServer(port: number, zone: DnsZone): Promise<NameServer> {
  const socket = createSocket("udp4");
  socket.on("message", (data, from) => {
    const reply = replyTo(
      read(() => decode(data)),
      zone,
    );
    if (reply === undefined) return;
    const whole = encode(reply);
    const sent = whole.length <= longestDatagram ? whole : encode(cutOff(reply));
    // Whoever asked may be gone.
    socket.send(sent, from.port, from.address, () => {});
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => {
      socket.off("error", reject);
      socket.on("error", () => {});
      resolve();
    });
  });
  return { close: () => new Promise((resolve) => socket.close(resolve)) };
}

/** Answers one question by TCP; what was read of it already has been put back. */
export function answerByStream(socket: Socket, zone: DnsZone): void {
  const seen: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => {
    seen.push(chunk);
    const all = Buffer.concat(seen);
    if (all.length < 2 || all.length < all.readUInt16BE(0) + 2) return;
    const reply = replyTo(
      read(() => streamDecode(all)),
      zone,
    );
    if (reply === undefined) socket.destroy();
    else socket.end(streamEncode(reply));
  });
}

function replyTo(message: Packet | undefined, zone: DnsZone): Packet | undefined {
  const [question] = message?.questions ?? [];
  if (message === undefined || question === undefined) return undefined;
  const entry = zone.at(question.name);
  if (entry?.kind === "silent") return undefined;
  const code =
    entry === undefined
      ? rcode.noSuchName
      : entry.kind === "broken"
        ? rcode.serverFailure
        : entry.kind === "refused"
          ? rcode.refused
          : 0;
  const flags = flag.recursionDesired | flag.recursionAvailable | code;
  return { type: "response", id: message.id, flags, questions: [question], answers: answersTo(question, zone) };
}

function answersTo({ name, type }: { readonly name: string; readonly type: string }, zone: DnsZone): Answer[] {
  const entry = zone.at(name);
  if (entry?.kind === "alias") {
    const target = zone.at(entry.to);
    const alias: Answer = { type: "CNAME", name, ttl, data: entry.to };
    const behind = type === "TXT" && target?.kind === "texts" ? textsOf(entry.to, target.texts) : [];
    return [alias, ...behind];
  }
  return entry?.kind === "texts" && type === "TXT" ? textsOf(name, entry.texts) : [];
}

/** A string of a TXT record has at most 255 bytes: longer texts come in several. */
function textsOf(name: string, texts: readonly string[]): Answer[] {
  return texts.map((text) => ({ type: "TXT", name, ttl, data: text.match(/.{1,255}/gs) ?? [""] }));
}

function cutOff(reply: Packet): Packet {
  return { ...reply, flags: (reply.flags ?? 0) | flag.truncated, answers: [] };
}

/** Undefined for what is no DNS message: nobody answers it. */
function read(message: () => Packet): Packet | undefined {
  try {
    return message();
  } catch {
    return undefined;
  }
}
