import type { CheckResult } from "../../store/evidence.ts";

/** What a file of a workspace would say, and the flag or the words that say it where there is none. */
const flags: readonly (readonly [RegExp, string])[] = [
  [/\badd (\S+) to verify\.allowPrivate in tenantry\.yaml/g, "give --allow-private $1"],
  [/\ballow (it|its host) in verify\.allowPrivate(?: of tenantry\.yaml)?/g, "allow $1 by --allow-private HOST:PORT"],
  [/\bSet clientAuth: (\w+(?: or \w+)*)(?: in the tenant file)?/g, "Give --client-auth $1"],
  [/\bSet clientAuth to\b/g, "Give --client-auth with"],
  [/\bset clientAuth(?: in the tenant file)? to\b/g, "give --client-auth with"],
  [/\ba listed method as clientAuth\b/g, "a listed method for --client-auth"],
  [/\bSet responseMode: (\w+)/g, "Give --response-mode $1"],
  [/\bSet responseMode to\b/g, "Give --response-mode with"],
  [/\bset pkce: off\b/g, "switch PKCE off in the app"],
  [/\bCheck pkce, responseMode, acrValues and extraParams\b/g, "Check PKCE and --response-mode"],
  [/ out of scopes\b/g, " out of --scope"],
  [/ out of extraParams\b/g, " out of the app's request"],
  [/, or add them to scopes in the tenant's file\b/g, ", or give them with --scope"],
  [/; then an entry under attest: of the tenant's file stands for it\./g, "."],
  [/ When that works, say so in the tenant file: attest, check P1\./g, ""],
  [
    /\bGive the app a clientKey in tenantry\.yaml, and make the reference under clientKey\.privateKey\b/g,
    "Give --key-id, and make the reference of --client-key",
  ],
  [/\bverify\.wrongSecretControl\b/g, "--no-wrong-secret-control"],
  [/\bstart Tenantry with NODE_EXTRA_CA_CERTS naming its PEM file\b/g, "give its PEM file: --ca file:PATH"],
  [/\bverify\.budget\b/g, "--budget"],
  [/\bverify\.resolvers(?: of tenantry\.yaml)?/g, "--resolver"],
  [/\bwith `start: PATH` at the app in tenantry\.yaml/g, "with --start-url"],
];

/** A result for whoever has no workspace: where it names what a file says, the flag that says it. */
export function withFlags(check: CheckResult): CheckResult {
  const { message, hint } = check;
  return { ...check, message: inFlags(message), ...(hint === undefined ? {} : { hint: inFlags(hint) }) };
}

function inFlags(text: string): string {
  return flags.reduce((said, [file, flag]) => said.replaceAll(file, flag), text);
}
