/** Kind of a record that holds a handshake, and of a handshake message that opens one (RFC 8446, sections 4 and 5.1). */
const record = 0x16;
const clientHello = 0x01;
/** The extension that names the host (RFC 6066, section 3). */
const serverName = 0;

/**
 * The host that a client's first bytes ask for, in lower case; undefined when they name none, or are not all there.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2
 */
export function serverNameOf(bytes: Buffer): string | undefined {
  try {
    if (bytes.readUInt8(0) !== record || bytes.readUInt8(5) !== clientHello) return undefined;
    // Behind the heads of record and message: version, random, session id, cipher suites, compression methods.
    let at = 5 + 4 + 2 + 32;
    at += 1 + bytes.readUInt8(at);
    at += 2 + bytes.readUInt16BE(at);
    at += 1 + bytes.readUInt8(at);
    const end = at + 2 + bytes.readUInt16BE(at);
    for (at += 2; at < end; at += 4 + bytes.readUInt16BE(at + 2)) {
      if (bytes.readUInt16BE(at) !== serverName) continue;
      // Behind the heads of extension and list: one name, its kind first.
      const length = bytes.readUInt16BE(at + 7);
      if (at + 9 + length > bytes.length) return undefined;
      return bytes.toString("latin1", at + 9, at + 9 + length).toLowerCase();
    }
    return undefined;
  } catch {
    return undefined;
  }
}
