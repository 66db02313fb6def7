import net from "node:net";

// No test reaches outside loopback: a connection to any other address fails the test that made it.
const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost|::ffff:127\.\d+\.\d+\.\d+)$/;

/** Real systems that whoever runs the tests has asked for. */
const asked = new Set(process.env.TENANTRY_LIVE_WORKOS === undefined ? [] : ["api.workos.com"]);

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  const host = hostOf(args);
  if (host !== undefined && !loopback.test(host) && !asked.has(host)) {
    throw new Error(`a test tried to reach ${host}: tests stay on loopback`);
  }
  return Reflect.apply(connect, this, args) as net.Socket;
} as typeof net.Socket.prototype.connect;

/** The host of `connect(options)`, `connect([options, listener])`, `connect(port, host)`; undefined for a pipe. */
function hostOf(args: readonly unknown[]): string | undefined {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === "object" && first !== null) {
    const options = first as { path?: unknown; host?: unknown };
    if (typeof options.path === "string") return undefined;
    return typeof options.host === "string" ? options.host : "localhost";
  }
  if (typeof first === "number" || /^\d+$/.test(String(first))) {
    return typeof args[1] === "string" ? args[1] : "localhost";
  }
  return undefined;
}
