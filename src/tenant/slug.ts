/** What letters become that no decomposition takes apart, and umlauts as German spells them without. */
const spelled: Readonly<Record<string, string>> = {
  ä: "ae",
  ö: "oe",
  ü: "ue",
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  å: "a",
  đ: "d",
  ð: "d",
  ł: "l",
  þ: "th",
  ı: "i",
  "&": " and ",
};

/** Longest slug (model: `tenant`). */
const longest = 50;

/**
 * A slug made from a customer's name: `Müller & Söhne GmbH` becomes `mueller-and-soehne-gmbh`. Empty for a name without
 * a single letter that Latin has.
 */
export function proposeSlug(name: string): string {
  const spelt = name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^a-z0-9]/gu, (letter) => spelled[letter] ?? letter);
  const plain = spelt
    .normalize("NFKD")
    .toLowerCase()
    // Apostrophes join: O'Neill is oneill.
    .replace(/[\p{M}'’`]/gu, "")
    .replace(/[^a-z0-9]+/g, "-");
  return plain.replace(/^-+/, "").slice(0, longest).replace(/-+$/, "");
}
