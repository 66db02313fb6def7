import { type ClientSetting, presetOf } from "../desired/preset.ts";
import type { VerifySubject } from "./subject.ts";
import { hostOf } from "./unanswered.ts";

// Hints about settings at the identity provider. At our own, they name the place in our console. At the customer's own,
// nobody here can set anything: the hint is a line to forward, with the value and the place where their product has it.

/** Where a setting of the client is, in brackets and ready to be put behind a sentence; empty when nobody knows. */
export function placeOf(subject: VerifySubject, setting: ClientSetting): string {
  const ours: { readonly [Setting in ClientSetting]?: string | undefined } = subject.console ?? {};
  const place = ours[setting] ?? presetOf(subject.issuer, subject.preset)?.places[setting];
  return place === undefined ? "" : ` (${place})`;
}

/** The line to forward to whoever runs the customer's own provider; `ours` where the provider is one of the workspace. */
export function toAdministrator(subject: VerifySubject, line: string, ours: string): string {
  return subject.console === undefined ? `Send to the administrator of ${hostOf(subject.issuer)}: ${line}` : ours;
}
