/** What is said to a client that does not speak TLS, and whether it may begin to after that. */
interface PlainAnswer {
  readonly text: string;
  readonly tunnel: boolean;
  /** Where the tunnel leads, in lower case; absent where there is none. */
  readonly host?: string;
}

/**
 * The proxy's answer to a head of a plain HTTP request (request line and headers, without the empty line): it knows
 * CONNECT (RFC 9110, section 9.3.6) to port 443 of the sandbox's own hosts and nothing else. A refusal says why in its
 * reason phrase too, which is what many clients show.
 */
export function answerPlain(head: string, hosts: ReadonlySet<string>): PlainAnswer {
  const [line = ""] = head.replace(/^(\r\n)+/, "").split("\r\n", 1);
  const [, method, target = ""] = /^([A-Z]{1,20}) (\S{1,2000}) HTTP\/1\.[01]$/.exec(line) ?? [];
  if (method === undefined) return refusal(400, "Bad Request", "This is no HTTP request.");
  if (method !== "CONNECT") {
    const why = "This port speaks TLS: use https. As a proxy it knows CONNECT only.";
    return refusal(405, "Use https, or CONNECT", why, ["allow: CONNECT"]);
  }
  const [, host = "", port] = /^([^:]+|\[[^\]]+\]):(\d{1,5})$/.exec(target) ?? [];
  if (port === undefined) return refusal(400, "Bad Request", "CONNECT names a host and a port.");
  if (!hosts.has(host.toLowerCase())) {
    return refusal(403, "Not a host of the sandbox", `The sandbox does not play ${host.slice(0, 253)}.`);
  }
  if (port !== "443") return refusal(403, "Only port 443 is known", "The sandbox plays port 443 only.");
  return { text: "HTTP/1.1 200 Connection established\r\n\r\n", tunnel: true, host: host.toLowerCase() };
}

function refusal(status: number, reason: string, why: string, headers: readonly string[] = []): PlainAnswer {
  const body = `${why}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${reason}`,
    ...headers,
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  return { text: `${lines.join("\r\n")}\r\n\r\n${body}`, tunnel: false };
}
