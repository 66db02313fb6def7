import { SecretFault } from "../secret/remote.ts";

/**
 * For the `catch` of an import: what a package that is not installed means. Secret managers' SDKs are optional peers, so
 * that nobody pays for those that they do not use.
 *
 * @throws SecretFault SECRET_SDK_MISSING; any other error as it is
 */
export function notInstalled(name: string): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw error;
    throw new SecretFault("SECRET_SDK_MISSING", `the package ${name} is not installed`, {
      cause: error,
      hint: `Run \`npm install ${name}\` where Tenantry is installed.`,
    });
  };
}
