import { randomText } from "../random.ts";

/** An id as Okta makes them: 20 letters and digits, of which the first three say the kind. */
export function oktaId(prefix: string): string {
  return `${prefix}${randomText(14)}1d7`;
}
