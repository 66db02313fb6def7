import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this package: the checkout, or where it is installed. The sources run from `src` or from `dist/src`. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "bin", "tenantry.js"))) return folder;
    if (dirname(folder) === folder) throw new Error("the package has no bin/tenantry.js");
  }
}
