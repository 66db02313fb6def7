/** Colours for a terminal; the identity where there is none. */
export interface Paint {
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly red: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** No colours at all. */
export const plain: Paint = {
  green: (text) => text,
  yellow: (text) => text,
  red: (text) => text,
  bold: (text) => text,
  dim: (text) => text,
};
