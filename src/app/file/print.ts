import type { FileFormat, ParsedFile } from "./format.ts";
import { type Mark, printMark } from "./mark.ts";
import { fillTemplate, identityNames, type Template } from "./template.ts";
import { laidOver, without } from "./tree.ts";
import { type FileSecret, valuesOf } from "./values.ts";

/** What a file is made of. */
export interface FileParts {
  readonly format: FileFormat;
  readonly template: Template;
  /** What is there: members of others, and their comments, stay. */
  readonly there: ParsedFile | undefined;
  readonly mark: Mark;
  readonly secret: FileSecret;
}

/** The text of a connection's file. Of one that was removed only the tombstone is left, and what others have in it. */
export function printFile({ format, template, there, mark, secret }: FileParts): string {
  const filled = laidOver(there?.tree, fillTemplate(format, template, valuesOf(mark, secret)));
  const identity: ReadonlySet<string> = new Set(identityNames);
  const gone = template.filled.filter(({ names }) => names.some((name) => !identity.has(name))).map(({ path }) => path);
  const tree = mark.state === "tombstone" ? without(filled, gone) : filled;
  const own = template.comments;
  const theirs = (there?.comments ?? []).filter((comment) => !own.includes(comment));
  return format.print({ tree, mark: printMark(mark), comments: [...own, ...theirs] });
}
