/** What fast-check is told of a property's runs. */
export interface SeededRuns {
  readonly numRuns: number;
  readonly seed: number;
}

const seeds = new Map<string, number>();

/**
 * So many runs from a seed, which is printed so that they can be had again: it is the environment variable of that
 * name, or else a random one, the same for all properties of a file.
 */
export function seededRuns(variable: string, numRuns: number): SeededRuns {
  let seed = seeds.get(variable);
  if (seed === undefined) {
    seed = Number(process.env[variable] ?? Math.floor(Math.random() * 2 ** 31));
    seeds.set(variable, seed);
    process.stdout.write(`${variable}=${seed}\n`);
  }
  return { numRuns, seed };
}
