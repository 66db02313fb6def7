import type { Leaf, Tree } from "./tree.ts";

/** A text is none of the format. The message ends a sentence that begins with the file's name. */
export class FormatFault extends Error {}

/** A file, taken apart. */
export interface ParsedFile {
  /** Without our mark. */
  readonly tree: Tree;
  /** The mark's text, where there is one. */
  readonly mark?: string | undefined;
  /** Comments that are kept, where the format has any. */
  readonly comments: readonly string[];
}

/** How a structure is written in one format. */
export interface FileFormat {
  /** Whether a value may be anything that JSON knows; otherwise it is text. */
  readonly typed: boolean;
  /** @throws FormatFault */
  parse(text: string): ParsedFile;
  print(file: ParsedFile): string;
  /** A text as it stands at that place: base64 where a format wants that. */
  encode(path: Leaf["path"], text: string): string;
  /** The text behind what stands at that place; undefined when it is not written so. */
  decode(path: Leaf["path"], text: string): string | undefined;
}
