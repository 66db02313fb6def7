/** Names of the metadata that says whose an object at Auth0 is: clients, organizations and connections carry the same. */
export const markerNames = {
  environment: "tenantryEnvironment",
  key: "tenantryKey",
  tenant: "tenantryTenant",
  workspace: "tenantryWorkspace",
} as const;

/** In an organization's metadata: that an app at the Auth0 tenant has connections for it. */
export const appNote = "tenantryApp";
