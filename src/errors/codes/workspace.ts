import type { CodeEntry } from "../code.ts";

export const workspaceCodes = {
  WORKSPACE_NOT_FOUND: {
    cause: "There is no tenantry.yaml in this folder or above it.",
    mend: "Run the command inside a workspace, or name its folder with --workspace.",
    exit: 2,
  },
  WORKSPACE_UNKNOWN_KEY: {
    cause: "The file holds a key that the model does not know.",
    mend: "Correct the key's spelling, or remove it.",
    exit: 2,
  },
  WORKSPACE_MISSING_KEY: {
    cause: "A key that must be there is missing.",
    mend: "Add the key.",
    exit: 2,
  },
  WORKSPACE_WRONG_VALUE: {
    cause: "A value has the wrong type or a form that is not allowed there.",
    mend: "Write the value in the form that the message names.",
    exit: 2,
  },
  WORKSPACE_LITERAL_SECRET: {
    cause: "A secret is written into the file instead of a reference to it.",
    mend: "Put the secret into the environment or a file outside the repository, or into a secret manager, and write `env:NAME`, `file:PATH` or the manager's reference (docs/secrets.md).",
    exit: 2,
  },
  WORKSPACE_IDP_TWICE: {
    cause: "Two identity providers have the same domain, so they are one org or one Auth0 tenant.",
    mend: "Keep one of the two, and let all tenants name it.",
    exit: 2,
  },
  WORKSPACE_STATE_SHARED: {
    cause:
      "Two identity providers, or two environments, would keep a tenant's clients in one state of Terraform: a plan for one would delete those of the other.",
    mend: "Put `{idp}` and `{environment}` into the backend's setting that names the state.",
    exit: 2,
  },
  WORKSPACE_PASSPHRASE_MISSING: {
    cause: "An identity provider is carried by Pulumi, its secrets are encrypted by a passphrase, and none is named.",
    mend: "Name it under `engines:`, such as `passphrase: env:PULUMI_CONFIG_PASSPHRASE`, or name a cloud's key as `secretsProvider`.",
    exit: 2,
  },
  WORKSPACE_UNKNOWN_ENVIRONMENT: {
    cause: "The environment that was asked for is not one of the workspace.",
    mend: "Name the workspace's own environment or one under `environments:`.",
    exit: 2,
  },
  WORKSPACE_APP_IDP: {
    cause: "An app of kind auth0 names no identity provider of kind auth0 under `identityProvider`.",
    mend: "Name the Auth0 tenant whose enterprise connections the app is.",
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;
