import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { discoveryDocument, publicJwk, type Reply } from "../provider.ts";

const megabyte = 1_000_000;
const jsonHead = { "content-type": "application/json" };

/** Writes so many bytes as fast as they are taken, in pieces; for ever when none are named. */
function pour(response: ServerResponse, piece: Buffer, bytes = Number.POSITIVE_INFINITY): void {
  let written = 0;
  const more = (): void => {
    while (written < bytes && !response.destroyed) {
      written += piece.length;
      if (!response.write(piece)) return;
    }
    response.end();
  };
  response.on("drain", more);
  more();
}

const pouring = (piece: Buffer, bytes?: number, head: Readonly<Record<string, string>> = jsonHead): Reply => ({
  raw: (response) => {
    response.on("error", () => {});
    response.writeHead(200, head);
    pour(response, piece, bytes);
  },
});

/** Takes the connection over and writes what no HTTP library would. */
const wire = (talk: (write: (text: string) => boolean, isOpen: () => boolean) => void): Reply => ({
  raw: (response) => {
    const { socket } = response;
    if (socket === null) return;
    socket.on("error", () => {});
    talk(
      (text) => socket.write(text),
      () => !socket.destroyed,
    );
  },
});

const bomb = gzipSync(Buffer.alloc(100 * megabyte));
const document = (changes: Record<string, unknown>): string => JSON.stringify({ ...discoveryDocument(), ...changes });
const nested = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const ok = (body: string | Buffer, head: Readonly<Record<string, string>> = {}): Reply => ({
  status: 200,
  headers: { ...jsonHead, ...head },
  body,
});

/** Which request is answered hugely, slowly or endlessly, and how. */
export interface Giant {
  readonly at: "discovery" | "keys" | "authorize" | "token";
  readonly reply: () => Reply;
  /** The check that must say something, and what; whatever it says when no code stands here. */
  readonly said: readonly [check: string, code?: string];
}

export const giants: Readonly<Record<string, Giant>> = {
  "a document of 50 MB": {
    at: "discovery",
    reply: () => pouring(Buffer.alloc(65_536, " "), 50 * megabyte),
    said: ["D1", "VERIFY_ANSWER_TOO_LARGE"],
  },
  "a document of 50 MB with its length": {
    at: "discovery",
    reply: () =>
      pouring(Buffer.alloc(65_536, " "), 50 * megabyte, { ...jsonHead, "content-length": String(50 * megabyte) }),
    said: ["D1", "VERIFY_ANSWER_TOO_LARGE"],
  },
  "a gzip bomb that was not asked for": {
    at: "discovery",
    reply: () => ok(bomb, { "content-encoding": "gzip" }),
    said: ["D1", "VERIFY_ANSWER_ENCODED"],
  },
  "a gzip bomb that is not announced": {
    at: "discovery",
    reply: () => ok(bomb),
    said: ["D1", "VERIFY_DISCOVERY_NOT_JSON"],
  },
  "a gzip bomb in several wrappings": {
    at: "discovery",
    reply: () => ok(gzipSync(bomb), { "content-encoding": "gzip, GZIP" }),
    said: ["D1", "VERIFY_ANSWER_ENCODED"],
  },
  "a gzip bomb as a transfer encoding": {
    at: "discovery",
    reply: () =>
      wire((write) => {
        write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
        write(`${(1_000).toString(16)}\r\n${"x".repeat(1_000)}\r\n0\r\n\r\n`);
      }),
    said: ["D1", "VERIFY_DISCOVERY_NOT_JSON"],
  },
  "one byte a second": {
    at: "discovery",
    reply: () => ({
      raw: (response) => {
        response.writeHead(200, jsonHead);
        response.write("{");
        const timer = setInterval(() => response.write(" "), 1_000);
        response.on("close", () => clearInterval(timer));
      },
    }),
    said: ["D1", "VERIFY_TIMEOUT"],
  },
  "a head of one byte a second": {
    at: "discovery",
    reply: () =>
      wire((write, isOpen) => {
        write("HTTP/1.1 200 OK\r\nX-Slow: ");
        const timer = setInterval(() => (isOpen() ? write("x") : clearInterval(timer)), 1_000);
      }),
    said: ["D1", "VERIFY_TIMEOUT"],
  },
  "no answer at all": { at: "discovery", reply: () => ({ raw: () => {} }), said: ["D1", "VERIFY_TIMEOUT"] },
  "a header of 1 MB": {
    at: "discovery",
    reply: () => ok(document({}), { "x-large": "x".repeat(megabyte) }),
    said: ["D1", "VERIFY_ANSWER_TOO_LARGE"],
  },
  "headers without end": {
    at: "discovery",
    reply: () =>
      wire((write, isOpen) => {
        write("HTTP/1.1 200 OK\r\n");
        const more = (): void => {
          if (!isOpen()) return;
          write("X-More: and more and more\r\n".repeat(100));
          setImmediate(more);
        };
        more();
      }),
    said: ["D1", "VERIFY_ANSWER_TOO_LARGE"],
  },
  "informational heads without end": {
    at: "discovery",
    reply: () =>
      wire((write, isOpen) => {
        const timer = setInterval(
          () => (isOpen() ? write("HTTP/1.1 103 Early Hints\r\n\r\n") : clearInterval(timer)),
          5,
        );
      }),
    said: ["D1", "VERIFY_TIMEOUT"],
  },
  "chunks without end": {
    at: "discovery",
    reply: () => pouring(Buffer.alloc(16, " ")),
    said: ["D1", "VERIFY_ANSWER_TOO_LARGE"],
  },
  "chunk extensions without end": {
    at: "discovery",
    reply: () =>
      wire((write, isOpen) => {
        write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1;");
        const more = (): void => {
          if (isOpen()) setTimeout(more, write("x".repeat(16_384)) ? 1 : 20);
        };
        more();
      }),
    said: ["D1", "VERIFY_TIMEOUT"],
  },
  "what is no HTTP": {
    at: "discovery",
    reply: () => wire((write) => void write("SSH-2.0-OpenSSH_9.9\r\n".repeat(10))),
    said: ["D1", "VERIFY_ANSWER_UNCLEAR"],
  },
  "JSON nested 100,000 deep": {
    at: "discovery",
    reply: () => ok(nested(100_000)),
    said: ["D1", "VERIFY_DISCOVERY_NOT_JSON"],
  },
  "a document with a member nested 100,000 deep": {
    at: "discovery",
    reply: () => ok(`${document({}).slice(0, -1)},"deep":${nested(100_000)}}`),
    said: ["D1", "VERIFY_DISCOVERY_NOT_JSON"],
  },
  "a key set of 50 MB": {
    at: "keys",
    reply: () => pouring(Buffer.from(`${JSON.stringify(publicJwk)},`.repeat(100)), 50 * megabyte),
    said: ["K1", "VERIFY_ANSWER_TOO_LARGE"],
  },
  "a key set nested 100,000 deep": {
    at: "keys",
    reply: () => ok(`{"keys":${nested(100_000)}}`),
    said: ["K1", "VERIFY_KEYS_UNREADABLE"],
  },
  "10,000 keys that are none": {
    at: "keys",
    reply: () =>
      ok(JSON.stringify({ keys: Array.from({ length: 10_000 }, (_, n) => ({ kty: "none", kid: `k${n}` })) })),
    said: ["K1", "VERIFY_KEYS_MISSING"],
  },
  "10,000 keys of one name": {
    at: "keys",
    reply: () =>
      ok(
        JSON.stringify({
          keys: Array.from({ length: 10_000 }, () => ({ kty: "RSA", kid: "k", n: "AQAB", e: "AQAB" })),
        }),
      ),
    said: ["K3", "VERIFY_KEYS_WEAK"],
  },
  "a page of a million forms": {
    at: "authorize",
    reply: () => ({
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<form action='".repeat(70_000),
    }),
    said: ["P1", "VERIFY_CALLBACK_UNCLEAR"],
  },
  "a page of open comments, scripts and attributes": {
    at: "authorize",
    reply: () => ({
      status: 200,
      headers: { "content-type": "text/html" },
      body: `${"<!--".repeat(50_000)}${"<script ".repeat(50_000)}${"<meta http-equiv=".repeat(20_000)}`,
    }),
    said: ["P1", "VERIFY_CALLBACK_UNCLEAR"],
  },
  "a token answer of 50 MB": {
    at: "token",
    reply: () => pouring(Buffer.alloc(65_536, " "), 50 * megabyte),
    said: ["S1"],
  },
  "a token answer with 30 kB of challenges": {
    at: "token",
    reply: () => ({
      status: 401,
      headers: { ...jsonHead, "www-authenticate": 'Basic realm="'.padEnd(30_000, 'a="b", ') },
      body: "{}",
    }),
    said: ["S1"],
  },
};
