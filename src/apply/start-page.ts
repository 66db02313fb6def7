import type { CheckResult } from "../store/evidence.ts";
import { recordLink } from "./record-link.ts";

/** Says that an app's start page was not asked: a page that is named must not look proven by silence. */
export function startPageNotAsked(startUrl: string | undefined): readonly CheckResult[] {
  if (startUrl === undefined) return [];
  return [
    {
      ...recordLink,
      id: "A1",
      level: "should",
      title: "The app's start page begins the sign-in",
      verdict: "skipped",
      message: `${startUrl} was not asked: this version proves the identity provider's half and the record only`,
    },
  ];
}
