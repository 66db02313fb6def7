import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RequestMoment } from "../../sandbox/sandbox.ts";
import { loadContext } from "../../src/cli/context.ts";
import { runCommand } from "../../src/cli/main.ts";
import type { Connection } from "../../src/desired/connection.ts";
import { plain } from "../../src/plan/render-text.ts";
import { secretValues } from "../crash/checks.ts";
import type { AppName } from "../crash/serving.ts";
import { Watcher } from "../crash/watcher.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { type Folder, firstFolder, prepareProviders, providerLines, writeFolder } from "./fleet.ts";
import type { Deed, Obstacle } from "./hands.ts";

/** How a command in this process ended. */
export interface Said {
  readonly exit: number;
  readonly text: string;
}

/** One sequence's folder, sandbox and watcher, and what the model knows of them. */
export class ModelWorld {
  readonly workspace: TestWorkspace;
  readonly watcher: Watcher;
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
    this.watcher = new Watcher({ sandbox: workspace.sandbox, databases: this.databases });
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
    const world = new ModelWorld(workspace, firstFolder(count), externals, (listener) => {
      told = listener;
    });
    world.write();
    return world;
  }

  /** What the files come to. */
  get connections(): readonly Connection[] {
    const surroundings = { environment: {}, cwd: this.workspace.root, pid: process.pid };
    return loadContext(surroundings, { workspace: this.workspace.root, env: "sandbox" }, Date.now()).connections;
  }

  /** A text that was not given before. */
  freshName(): string {
    this.#names += 1;
    return `theirs${this.#names}`;
  }

  write(): void {
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

  /** What the guards would ask for now, as arguments; none when there is no plan. */
  async acks(): Promise<readonly string[]> {
    const { out, err } = await this.workspace.tenantry("plan", "--json");
    this.said.push(out, err);
    const { stops = [] } = JSON.parse(out) as { readonly stops?: readonly { readonly acknowledge: string }[] };
    return stops.flatMap(({ acknowledge }) => ["--ack", acknowledge]);
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
    this.watcher.close();
    await this.workspace.close();
  }
}
