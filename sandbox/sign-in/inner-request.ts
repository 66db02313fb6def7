import { IncomingMessage } from "node:http";

/** A request like this one with this form as its body and without credentials in its header. */
export function withForm(request: IncomingMessage, body: string): IncomingMessage {
  const bytes = Buffer.from(body);
  const { authorization: _authorization, "transfer-encoding": _encoding, ...headers } = request.headers;
  const inner = new IncomingMessage(request.socket);
  Object.assign(inner, {
    method: request.method,
    httpVersion: request.httpVersion,
    httpVersionMajor: request.httpVersionMajor,
    httpVersionMinor: request.httpVersionMinor,
    headers: {
      ...headers,
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(bytes.length),
    },
    complete: true,
  });
  inner.push(bytes);
  inner.push(null);
  return inner;
}
