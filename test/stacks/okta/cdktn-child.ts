import { registerHooks } from "node:module";

// Synthesizes all cases with cdktn under the name of cdktf, in our own files and in the bindings, and prints what came
// of them, and which of the two packages was loaded.

const loaded = new Set<string>();

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier.replace(/^cdktf(?=$|\/)/, "cdktn"), context);
    const name = /\/node_modules\/(cdktf|cdktn)\//.exec(found.url)?.[1];
    if (name !== undefined) loaded.add(name);
    return found;
  },
});

const [{ synthesizeOkta }, { cases }] = await Promise.all([
  import("../../../stacks/okta/okta-stack.ts"),
  import("./cases.ts"),
]);
const texts = Object.fromEntries(Object.entries(cases).map(([name, input]) => [name, synthesizeOkta(input)]));
process.stdout.write(JSON.stringify({ loaded: [...loaded], texts }));
