import { isIP } from "node:net";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../../workspace/duration.ts";
import type { ClientAuth } from "../../workspace/workspace.ts";
import type { WorkspaceOptions } from "../context.ts";

/** Where each report goes: a file, or `-` for stdout. */
export interface ReportOptions {
  readonly junit?: string | undefined;
  readonly sarif?: string | undefined;
  readonly markdown?: string | undefined;
}

/** What `verify` and `doctor` may send, and how. Absent: what the workspace says. */
export interface ProbeFlags {
  readonly secretProbe: boolean;
  /** Undefined: unless it was seen before. */
  readonly wrongSecretControl?: boolean | undefined;
  readonly appProbe: boolean;
  readonly appCode?: boolean | undefined;
  readonly alarmingProbes?: boolean | undefined;
  readonly allowPrivate?: readonly string[] | undefined;
  readonly proxy?: string | undefined;
  readonly resolver?: readonly string[] | undefined;
  /** Milliseconds. */
  readonly budget?: number | undefined;
}

/** A client in hand, without a workspace. */
export interface ClientFlags {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly clientAuth?: ClientAuth | undefined;
  readonly clientKey?: string | undefined;
  readonly keyId?: string | undefined;
  readonly redirectUri?: string | undefined;
  readonly scope?: readonly string[] | undefined;
  readonly responseMode?: "query" | "form_post" | undefined;
  readonly startUrl?: string | undefined;
  readonly postLogoutUri?: readonly string[] | undefined;
  readonly preset?: string | undefined;
  readonly ca?: string | undefined;
}

export interface VerifyOptions extends WorkspaceOptions, ReportOptions, ProbeFlags, ClientFlags {
  readonly all?: boolean | undefined;
  /** Milliseconds. */
  readonly since?: number | undefined;
  readonly concurrency?: number | undefined;
}

/** Options that say what may be sent, and how. */
export function addProbeOptions(command: Command): Command {
  return command
    .option("--no-secret-probe", "send no secret anywhere")
    .addOption(
      new Option("--wrong-secret-control", "try a wrong secret again, although it was seen refused before").default(
        undefined,
      ),
    )
    .option("--no-wrong-secret-control", "do not try a wrong secret")
    .option("--no-app-probe", "do not ask the app's own pages")
    .option("--app-code", "send an invented code to the app's callback, so that it shows its own secret")
    .option("--alarming-probes", "also what the product's monitoring takes for an attack")
    .option("--allow-private <target>", "CIDR, address, host or host:port that may be asked; may be repeated", targets)
    .option("--proxy <url>", "HTTP proxy that everything goes through (HTTPS_PROXY is not looked at)", proxy)
    .option("--resolver <ip>", "DNS server to look domains up at; may be repeated", resolvers)
    .option("--budget <duration>", "time for the whole run, such as 10m; then it stops", duration);
}

const clientAuthMethods: readonly ClientAuth[] = [
  "client_secret_basic",
  "client_secret_post",
  "private_key_jwt",
  "none",
];

/** Options that name a client without a workspace. */
export function addClientOptions(command: Command): Command {
  return command
    .optionsGroup("Without a workspace:")
    .option("--issuer <url>", "the issuer, exactly as the provider writes it")
    .option("--client-id <id>", "the client; without it only the issuer is looked at")
    .option("--client-secret <reference>", "env:NAME or file:PATH; never the secret itself")
    .addOption(new Option("--client-auth <method>", "how the client proves itself").choices(clientAuthMethods))
    .option("--client-key <reference>", "env:NAME or file:PATH of the key for private_key_jwt")
    .option("--key-id <kid>", "the key's id, as it is registered")
    .option("--redirect-uri <url>", "the redirect URI that should be registered")
    .option("--scope <scope>", "may be repeated (default: openid email profile)", collect)
    .addOption(new Option("--response-mode <mode>", "default: query").choices(["query", "form_post"]))
    .option("--start-url <url>", "the app's page that begins a sign-in")
    .option("--post-logout-uri <url>", "where people may be sent after sign-out; may be repeated", collect)
    .option("--preset <name>", "the provider's product, where the issuer does not tell it")
    .option("--ca <reference>", "file:PEM of an authority to trust besides the system's");
}

/** Options of `verify` alone. */
export function addRunOptions(command: Command): Command {
  return command
    .option("--all", "show every check, not only those that did not pass")
    .option("--since <duration>", "skip what has a proof that holds and is not older, such as 24h", duration)
    .option("--concurrency <number>", "connections at once, at most (default: 32)", concurrency)
    .option("--junit <file>", "write JUnit XML; - is stdout")
    .option("--sarif <file>", "write SARIF 2.1.0, for code scanning; - is stdout")
    .option("--markdown <file>", "write Markdown, for a comment or a job's summary; - is stdout");
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) {
    throw new InvalidArgumentError("It is a duration such as `90s`, `10m`, `24h` or `7d`.");
  }
  // The longest that a timer can wait.
  return Math.min(milliseconds, 2_147_483_647);
}

function concurrency(text: string): number {
  const number = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > 256) throw new InvalidArgumentError("It is a whole number from 1 to 256.");
  return number;
}

function targets(text: string, before: readonly string[] | undefined): readonly string[] {
  const [network = "", bits] = text.split("/");
  const most = network.includes(":") ? 128 : 32;
  const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most && isIP(network) !== 0);
  if (!/^[A-Za-z0-9.:[\]/-]+$/.test(text) || text.includes("://") || !isRange) {
    throw new InvalidArgumentError("It is a CIDR range, an address, a host or host:port, without a scheme.");
  }
  return collect(text, before);
}

function proxy(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new InvalidArgumentError("It is the URL of an HTTP proxy, such as http://proxy.example:3128.");
  }
  return text;
}

function resolvers(text: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|[0-9a-fA-F:]+|\[[0-9a-fA-F:]+\](:\d{1,5})?)$/.test(text)) {
    throw new InvalidArgumentError("It is the address of a DNS server, such as 192.0.2.53 or 192.0.2.53:5353.");
  }
  return collect(text, before);
}

function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}
