import type { ManualStep } from "../desired/app-kind.ts";

/** What a person has to do for one connection. */
export interface ManualWork extends ManualStep {
  readonly tenant: string;
  readonly key: string;
}

/** One line for each, those of several connections said once. */
export function manualText(manual: readonly ManualWork[]): readonly string[] {
  const byStep = Map.groupBy(manual, ({ when, text, command }) => JSON.stringify([when, text, command]));
  return [...byStep.values()].flatMap((works) => {
    const [first] = works;
    if (first === undefined) return [];
    const keys = works.map(({ key }) => key);
    const whose = keys.length > 3 ? `${keys.slice(0, 3).join(", ")} and ${keys.length - 3} more` : keys.join(", ");
    const head = first.when === "before" ? `By hand, for ${whose}` : `By hand after the apply, for ${whose}`;
    const command = first.command === undefined ? "" : `: ${first.command}`;
    return [`${head}: ${first.text}${command}`];
  });
}
