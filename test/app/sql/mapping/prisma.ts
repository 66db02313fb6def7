import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A field of a model that is a column. */
export interface PrismaColumn {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly id: boolean;
  readonly unique: boolean;
}

export interface PrismaModel {
  readonly name: string;
  readonly columns: readonly PrismaColumn[];
  readonly uniques: readonly (readonly string[])[];
  /** The whole text of the model. */
  readonly text: string;
}

/** A Prisma schema of the docs. */
export function prismaFile(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../../docs/examples/${name}`, import.meta.url)), "utf8");
}

/** The models of a schema, relations left out. */
export function prismaModels(text: string): readonly PrismaModel[] {
  const blocks = [...text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)];
  const names = new Set(blocks.map(([, name]) => name));
  return blocks.map(([block, name = "", body = ""]) => {
    const lines = body.split("\n").map((line) => line.trim());
    const columns = lines.flatMap((line): readonly PrismaColumn[] => {
      const [, field = "", type = "", mark] = /^(\w+)\s+(\w+)(\?|\[\])?/.exec(line) ?? [];
      if (field === "" || names.has(type) || mark === "[]") return [];
      const mapped = /@map\("([^"]+)"\)/.exec(line)?.[1];
      return [
        {
          name: mapped ?? field,
          type: `${type}${/autoincrement/.test(line) ? "+" : ""}${/@default\(""\)/.test(line) ? "=" : ""}`,
          optional: mark === "?",
          id: /@id\b/.test(line),
          unique: /@unique\b/.test(line),
        },
      ];
    });
    const uniques = lines.flatMap((line) => {
      const [, list] = /^@@unique\(\[([^\]]+)\]/.exec(line) ?? [];
      return list === undefined ? [] : [list.split(/, */)];
    });
    const table = /@@map\("([^"]+)"\)/.exec(body)?.[1];
    return { name: table ?? name, columns, uniques, text: block };
  });
}

/** The tables that Prisma makes of a schema, as SQL of SQLite or PostgreSQL. */
export function prismaSql(text: string, kind: "sqlite" | "postgres"): readonly string[] {
  return prismaModels(text).map(({ name, columns, uniques }) => {
    const lines = columns.map(({ name: column, type, optional, id, unique }) => {
      const counts = type.endsWith("+");
      const filled = type.endsWith("=") ? " default ''" : "";
      const base = type.startsWith("Int") ? (counts && kind === "postgres" ? "serial" : "integer") : "text";
      return `"${column}" ${base}${optional || id ? "" : " not null"}${filled}${id ? " primary key" : ""}${unique ? " unique" : ""}`;
    });
    const pairs = uniques.map((list) => `unique (${list.map((column) => `"${column}"`).join(", ")})`);
    return `create table "${name}" (${[...lines, ...pairs].join(", ")})`;
  });
}
