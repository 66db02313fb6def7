import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RequestMoment } from "../../sandbox/sandbox.ts";
import { loadContext } from "../../src/cli/context.ts";
import { runCommand } from "../../src/cli/main.ts";
import type { Connection } from "../../src/desired/connection.ts";
import { plain } from "../../src/plan/paint.ts";
import { secretValues } from "../crash/checks.ts";
import type { AppName } from "../crash/serving.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { type Folder, firstFolder, prepareProviders, providerLines, writeFolder } from "./fleet.ts";
import type { Deed, Obstacle } from "./hands.ts";
import { noteWrites } from "./looks.ts";
import { Sentry } from "./sentry.ts";

/** How a command in this process ended. */
export interface Said {
  readonly exit: number;
  readonly text: string;
}

/** What an apply would do. */
export interface Planned {
  readonly acks: readonly string[];
  /** Connections that it would change. */
  readonly due: readonly string[];
  /** How many they are, with the tenants of which only a row or something shared would be changed. */
  readonly size: number;
}

/** One sequence's folder, sandbox and sentry, and what the model knows of them. */
export class ModelWorld {
  readonly workspace: TestWorkspace;
  readonly sentry: Sentry;
  readonly databases: Readonly<Record<AppName, string>>;
  readonly store: string;
  /** Everything that a command has said. */
  readonly said: string[] = [];
  /** Every secret that there ever was. */
  readonly secrets = new Set<string>();
  obstacles: Obstacle[] = [];
  /** Connections whose secret nothing but a proof knows to be wrong. */
  readonly handOver = new Set<string>();
  /** Connections that somebody has switched on past every proof. */
  readonly letIn = new Set<string>();
  folder: Folder;
  #listener: ((moment: RequestMoment) => void) | undefined;
  readonly #externals: ReadonlyMap<string, string>;
  #names = 0;
  #connections: readonly Connection[] | undefined;

  private constructor(
    workspace: TestWorkspace,
    folder: Folder,
    externals: ReadonlyMap<string, string>,
    onMoment: (told: (moment: RequestMoment) => void) => void,
  ) {
    this.workspace = workspace;
    this.folder = folder;
    this.#externals = externals;
    const files = join(workspace.root, ".tenantry/sandbox");
    this.databases = { portal: join(files, "portal.db"), orders: join(files, "orders.db") };
    this.store = join(files, "store.db");
    this.sentry = new Sentry(workspace.sandbox, this.databases);
    onMoment((moment) => this.#listener?.(moment));
  }

  /** @param count tenants in the folder at the beginning; nothing is applied yet */
  static async open(count: number): Promise<ModelWorld> {
    let told: ((moment: RequestMoment) => void) | undefined;
    const workspace = await openTestWorkspace({ whole: true, onMoment: (moment) => told?.(moment) });
    const externals = new Map(
      ["northwind-rail", "tannberg"].map((slug) => [slug, providerLines(workspace.read(`tenants/${slug}.yaml`))]),
    );
    rmSync(join(workspace.root, "tenants"), { recursive: true });
    mkdirSync(join(workspace.root, "tenants"));
    prepareProviders(workspace);
    noteWrites({ workspace });
    const world = new ModelWorld(workspace, firstFolder(count), externals, (listener) => {
      told = listener;
    });
    world.write();
    return world;
  }

  /** What the files come to, as they were written last. */
  get connections(): readonly Connection[] {
    if (this.#connections === undefined) {
      const surroundings = { environment: {}, cwd: this.workspace.root, pid: process.pid };
      const options = { workspace: this.workspace.root, env: "sandbox" };
      this.#connections = loadContext(surroundings, options, Date.now()).connections;
    }
    return this.#connections;
  }

  /** A text that was not given before. */
  freshName(): string {
    this.#names += 1;
    return `theirs${this.#names}`;
  }

  write(): void {
    this.#connections = undefined;
    writeFolder(this.workspace, this.folder, this.#externals);
  }

  /** Told of every request from now on; undefined ends it. */
  listen(listener: ((moment: RequestMoment) => void) | undefined): void {
    this.#listener = listener;
  }

  /** Takes note of what hands have done. */
  note({ obstacle, handOver, letIn }: Deed): void {
    if (obstacle !== undefined) this.obstacles.push(obstacle);
    if (handOver !== undefined) this.handOver.add(handOver);
    if (letIn !== undefined) this.letIn.add(letIn);
  }

  mend(obstacle: Obstacle): void {
    obstacle.mend();
    this.obstacles = this.obstacles.filter((each) => each !== obstacle);
  }

  /** Runs the command line in this process. */
  async command(pid: number, ...args: readonly string[]): Promise<Said> {
    const texts: string[] = [];
    const tell = (text: string): void => void texts.push(text);
    const exit = await runCommand(
      [...args, "--workspace", this.workspace.root, "--env", "sandbox"],
      { out: tell, err: tell, paint: plain },
      { environment: {}, cwd: this.workspace.root, pid, sleep: (milliseconds) => delay(milliseconds / 100) },
    );
    const text = texts.join("");
    this.said.push(text);
    return { exit, text };
  }

  /** What an apply would do now: what its guards ask for, as arguments, and how many connections it would change. */
  async planned(...args: readonly string[]): Promise<Planned> {
    const { out, err } = await this.workspace.tenantry("plan", "--json", ...args);
    this.said.push(out, err);
    const { stops = [], plan } = JSON.parse(out) as {
      readonly stops?: readonly { readonly acknowledge: string }[];
      readonly plan?: { readonly changes: readonly { readonly key?: string; readonly tenant: string }[] };
    };
    const changed = new Set(plan?.changes.map(({ key, tenant }) => key ?? tenant));
    const due = this.connections.map(({ key }) => key).filter((key) => changed.has(key));
    return { acks: stops.flatMap(({ acknowledge }) => ["--ack", acknowledge]), due, size: changed.size };
  }

  /** Keeps every secret in mind that there is now. */
  learnSecrets(): void {
    for (const secret of secretValues(this.workspace.sandbox)) this.secrets.add(secret);
  }

  loseStore(): void {
    for (const ending of ["", "-wal", "-shm", "-journal"]) rmSync(`${this.store}${ending}`, { force: true });
  }

  get hasStore(): boolean {
    return existsSync(this.store);
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.sentry.close();
    await this.workspace.close();
  }
}
