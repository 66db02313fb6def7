/** A reference to a secret of the machine: written `env:NAME` or `file:PATH`. */
export type LocalReference =
  | { readonly scheme: "env"; readonly name: string; readonly text: string }
  | { readonly scheme: "file"; readonly path: string; readonly text: string };

/** A field of a secret in a Vault or OpenBao server's KV engine, version 2: `vault:MOUNT/PATH#FIELD`. */
export interface VaultReference {
  readonly scheme: "vault";
  /** Path of the engine, one segment. */
  readonly mount: string;
  readonly path: string;
  readonly field: string;
  readonly text: string;
}

/** A field of an item in 1Password: `op://VAULT/ITEM/FIELD` or `op://VAULT/ITEM/SECTION/FIELD`. */
export interface OnePasswordReference {
  readonly scheme: "op";
  readonly vault: string;
  readonly item: string;
  readonly section?: string | undefined;
  readonly field: string;
  readonly text: string;
}

/** A secret of AWS Secrets Manager, `aws-sm:NAME`, or a member of it when it is a JSON object, `aws-sm:NAME#FIELD`. */
export interface AwsReference {
  readonly scheme: "aws-sm";
  readonly name: string;
  readonly field?: string | undefined;
  readonly text: string;
}

/** A secret of Google's Secret Manager: `gcp-sm:projects/P/secrets/S`, the newest version, or with `/versions/V` that one. */
export interface GcpReference {
  readonly scheme: "gcp-sm";
  readonly project: string;
  readonly secret: string;
  readonly version?: string | undefined;
  readonly text: string;
}

/** A reference to a secret that must be fetched from a secret manager. */
export type RemoteReference = VaultReference | OnePasswordReference | AwsReference | GcpReference;

/**
 * A reference to a secret: where it is, never what it is. `text` is the spelling in the file, fit for messages; there is
 * one spelling for one reference.
 */
export type Reference = LocalReference | RemoteReference;

/** How references of each scheme are written, for messages. */
export const referenceForms: Readonly<Record<Reference["scheme"], string>> = {
  env: "env:NAME",
  file: "file:PATH",
  vault: "vault:MOUNT/PATH#FIELD",
  op: "op://VAULT/ITEM/FIELD",
  "aws-sm": "aws-sm:NAME#FIELD",
  "gcp-sm": "gcp-sm:projects/PROJECT/secrets/SECRET",
};

const longest = 500;

const environmentName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** One name of a path. No dots alone, nothing that a URL, a shell or a template would read as its own. */
const name = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
/** As 1Password allows it in references: spaces too, inside. */
const title = "[A-Za-z0-9_](?:[A-Za-z0-9_. -]*[A-Za-z0-9_.-])?";
const field = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";

const vaultForm = new RegExp(`^vault:(${name})/(${name}(?:/${name})*)#(${field})$`);
const onePasswordForm = new RegExp(`^op://(${title})/(${title})/(?:(${title})/)?(${title})$`);
// Names as CreateSecret takes them, but no empty part between slashes; no ARN: those have more than one spelling.
const awsForm = new RegExp(`^aws-sm:((?:[A-Za-z0-9_+=.@-]+/)*[A-Za-z0-9_+=.@-]+)(?:#(${field}))?$`);
const gcpForm =
  /^gcp-sm:projects\/([a-z][a-z0-9-]{4,28}[a-z0-9]|[0-9]{6,20})\/secrets\/([A-Za-z0-9_-]{1,255})(?:\/versions\/(latest|[1-9][0-9]{0,17}))?$/;

/** Parses a reference of any scheme; undefined when the text is none. */
export function parseReference(text: string): Reference | undefined {
  if (text.startsWith("env:")) {
    const name = text.slice("env:".length);
    return environmentName.test(name) ? { scheme: "env", name, text } : undefined;
  }
  if (text.startsWith("file:")) {
    const path = text.slice("file:".length);
    if (path === "" || path.split(/[\\/]/).includes("..") || path.includes("\0")) return undefined;
    return { scheme: "file", path, text };
  }
  return text.length > longest || text.includes("..") ? undefined : parseRemote(text);
}

function parseRemote(text: string): RemoteReference | undefined {
  const vault = vaultForm.exec(text);
  if (vault !== null) {
    const [, mount = "", path = "", field = ""] = vault;
    return { scheme: "vault", mount, path, field, text };
  }
  const onePassword = onePasswordForm.exec(text);
  if (onePassword !== null) {
    const [, vault = "", item = "", section, field = ""] = onePassword;
    return { scheme: "op", vault, item, section, field, text };
  }
  const aws = awsForm.exec(text);
  if (aws !== null) {
    const [, name = "", field] = aws;
    return name.length > 512 ? undefined : { scheme: "aws-sm", name, field, text };
  }
  const gcp = gcpForm.exec(text);
  if (gcp !== null) {
    const [, project = "", secret = "", version] = gcp;
    return { scheme: "gcp-sm", project, secret, version, text };
  }
  return undefined;
}

/** Whether a secret must be fetched before it can be read. */
export function isRemote(reference: Reference): reference is RemoteReference {
  return reference.scheme !== "env" && reference.scheme !== "file";
}
