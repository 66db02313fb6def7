import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import type { Exchange } from "../../../sandbox/workos/api.ts";
import { failureOf, key, live, tenant, workosPlace } from "../../app/workos/place.ts";

const file = join(import.meta.dirname, "../../../../shared/fixtures/workos/openapi.json");
const isThere = existsSync(file);

type Schema = Record<string, unknown>;
interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}
interface Operation {
  readonly requestBody?: Media;
  readonly responses: Readonly<Record<string, Media>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Where one exchange is not as WorkOS' own OpenAPI document has it. `POST /connections` is not in it. */
class Contract {
  readonly #document = JSON.parse(readFileSync(file, "utf8")) as Document;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });

  faultsOf({ method, path, body, status, answer }: Exchange): readonly string[] {
    const at = `${method} ${path} ${status}`;
    const templates = Object.keys(this.#document.paths).filter((template) =>
      new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
    );
    const [template] = templates.sort((a, b) => a.split("{").length - b.split("{").length);
    const operation = template === undefined ? undefined : this.#document.paths[template]?.[method.toLowerCase()];
    if (operation === undefined) return [`${at}: no such operation`];
    const response = operation.responses[String(status)];
    if (response === undefined) return [`${at}: no such status`];
    return [
      ...this.#check(`${at} body`, operation.requestBody, body),
      ...this.#check(`${at} answer`, response, answer),
    ];
  }

  #check(at: string, media: Media | undefined, value: unknown): readonly string[] {
    const schema = media?.content?.["application/json"]?.schema;
    if (schema === undefined) return [];
    const validate = this.#ajv.compile({ ...schema, components: this.#document.components });
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message = "" }) => `${at}${instancePath} ${message}`);
  }
}

describe.skipIf(!isThere)(
  "what is sent to WorkOS, and what its stand-in answers, against WorkOS' OpenAPI document",
  () => {
    test("fits it, over the life of a tenant and its refusals", async () => {
      const place = await workosPlace();
      const app = await place.adapter();
      await live(app);
      await app.writeTenant(
        tenant({ domains: ["whiterabbit.example", "wr.example"] }),
        new Map([["wr.example", "proof"]]),
      );
      await app.observe([], true);
      const other = place.environment.addOrganization({ name: "Other" });
      other.domains.push(place.environment.newDomain("taken.example", "pending"));
      await failureOf(app.writeTenant(tenant({ domains: ["taken.example"] })));
      await failureOf(app.writeTenant(tenant({ tenant: "second", domains: ["taken.example"] })));
      await app.writeTenant(tenant({ domains: ["wr.example"] }));
      place.environment.makesConnections = false;
      await app.disable(key);
      await app.remove(key);
      await app.close();
      await place.close();
      const contract = new Contract();
      const checked = place.exchanges.filter(({ method, path }) => !(method === "POST" && path === "/connections"));
      expect(checked.flatMap((exchange) => contract.faultsOf(exchange))).toEqual([]);
      const seen = new Set(checked.map(({ method, path, status }) => `${method} /${path.split("/")[1]} ${status}`));
      expect([...seen].sort()).toEqual([
        "DELETE /connections 204",
        "DELETE /organization_domains 204",
        "GET /connections 200",
        "GET /organizations 200",
        "GET /organizations 404",
        "POST /organizations 201",
        "POST /organizations 409",
        "PUT /organizations 200",
        "PUT /organizations 409",
      ]);
    });

    test("a fault is found", () => {
      const contract = new Contract();
      const exchange = { method: "POST", path: "/organizations", body: { nam: "x" }, status: 201, answer: {} };
      expect(contract.faultsOf(exchange).join()).toContain("must have required property 'name'");
      expect(contract.faultsOf({ ...exchange, path: "/nothing" })).toEqual(["POST /nothing 201: no such operation"]);
    });
  },
);
