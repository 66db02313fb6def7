import type { Json } from "../../desired/json.ts";
import type { FileApp } from "../../workspace/apps/file.ts";
import { dotenvFormat } from "./dotenv-format.ts";
import type { FileFormat } from "./format.ts";
import { jsonFormat } from "./json-format.ts";
import { kubernetesFormat } from "./kubernetes-format.ts";
import { fieldNames, readTemplate, type Template } from "./template.ts";
import type { Tree } from "./tree.ts";

/** How each format is read and written. */
export const formats: Readonly<Record<FileApp["format"], FileFormat>> = {
  json: jsonFormat,
  dotenv: dotenvFormat,
  kubernetes: kubernetesFormat,
};

/** The file of an app that has no template: everything there is, under its own name. */
export function defaultTemplate(app: Pick<FileApp, "format" | "secretSink" | "plainSecrets">): Template {
  const secret = app.secretSink !== undefined ? ["clientSecretReference"] : app.plainSecrets ? ["clientSecret"] : [];
  const names = ["state", "tenant", "id", "name", "domains", "signIn", ...fieldNames, ...secret];
  const format = formats[app.format];
  const tree = treeOf(app.format, names);
  return readTemplate(format, format.print({ tree, comments: [] }), "of Tenantry's own");
}

function treeOf(format: FileApp["format"], names: readonly string[]): Tree {
  const members = (nameOf: (name: string) => string): Json =>
    Object.fromEntries(names.map((name) => [nameOf(name), `{{${name}}}`]));
  switch (format) {
    case "json":
      return members((name) => name);
    case "dotenv":
      return members((name) => `SSO_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`);
    case "kubernetes":
      return {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "sso-{{app}}-{{tenant}}-{{signIn}}", labels: { "app.kubernetes.io/managed-by": "tenantry" } },
        type: "Opaque",
        data: members((name) => name),
      };
    default:
      return format satisfies never;
  }
}
