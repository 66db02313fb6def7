import type { OktaServer } from "./server-model.ts";
import { newKey } from "./server-new.ts";

/** Days after which keys are rotated in mode `AUTO`. */
const rotationDays = 90;

/** When the next rotation of a server is due that rotates by itself. */
export function nextRotation({ lastRotated }: OktaServer): string {
  return new Date(Date.parse(lastRotated) + rotationDays * 24 * 3_600_000).toISOString();
}

/** The active key becomes the expired one, the next the active one; what was expired is gone. */
export function rotateKeys(server: OktaServer, now: string): void {
  const kept = server.keys.filter(({ status }) => status !== "EXPIRED");
  for (const key of kept) key.status = key.status === "ACTIVE" ? "EXPIRED" : "ACTIVE";
  server.keys = [newKey("NEXT", now), ...kept];
  server.lastRotated = now;
}

/** The server with the keys that it has at this moment: one that rotates by itself has done so, as often as was due. */
export function rotated(server: OktaServer, now: number): OktaServer {
  while (server.rotationMode === "AUTO" && Date.parse(nextRotation(server)) <= now) {
    rotateKeys(server, nextRotation(server));
  }
  return server;
}
