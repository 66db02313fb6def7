import type { AppAdapter, HandedOut, RecordWrite } from "../../src/app/app.ts";
import type { ManualStep } from "../../src/desired/app-kind.ts";
import type { ConnectionKey } from "../../src/desired/connection.ts";
import { recordFields } from "../../src/plan/fields.ts";
import type { ObservedRecord } from "../../src/plan/observed.ts";

/** An app of the atomic kind that keeps its records in memory, never shows a secret, and may hand its callbacks out. */
export class MemoryApp implements AppAdapter {
  readonly name: string;
  readonly gate = "atomic";
  readonly showsSecret = false;
  readonly records = new Map<ConnectionKey, RecordWrite>();
  readonly old = new Map<ConnectionKey, RecordWrite | undefined>();
  readonly off = new Set<ConnectionKey>();
  readonly calls: string[] = [];
  /** What a person has to do first; while it is not empty, nothing is handed out. */
  steps: readonly ManualStep[] = [];
  callback = "https://broker.example/sso/oidc/abc/callback";
  /** Breaks what is read back. */
  reads: (record: ObservedRecord) => ObservedRecord = (record) => record;

  constructor(name: string) {
    this.name = name;
  }

  async observe(wanted: Parameters<AppAdapter["observe"]>[0]) {
    const records = new Map(
      wanted.flatMap(({ key }): [ConnectionKey, ObservedRecord][] => {
        const written = this.records.get(key);
        if (written === undefined) return [];
        return [
          [
            key,
            this.reads({
              key,
              state: this.off.has(key) ? "disabled" : "active",
              fields: recordFields(written.record, written.discovery),
              specDigest: written.specDigest,
              ...(this.old.has(key) ? { previous: {} } : {}),
            }),
          ],
        ];
      }),
    );
    const waiting = new Map(
      this.steps.length === 0 ? [] : wanted.filter(({ key }) => !records.has(key)).map(({ key }) => [key, this.steps]),
    );
    return { tenants: new Map(), records, undeclared: [], foreign: [], coverage: [], waiting };
  }

  async handOut(write: RecordWrite): Promise<HandedOut> {
    this.calls.push(`hand out ${write.record.redirectUri}`);
    if (this.steps.length > 0) return { waiting: this.steps };
    this.#put({ ...write, record: { ...write.record, redirectUri: this.callback } });
    return { redirectUri: this.callback };
  }

  async write(write: RecordWrite): Promise<void> {
    this.calls.push(`write ${write.record.redirectUri}`);
    this.#put(write);
  }

  #put(write: RecordWrite): void {
    const { key } = write.record;
    if (!this.old.has(key)) this.old.set(key, this.off.has(key) ? undefined : this.records.get(key));
    this.records.set(key, write);
    this.off.delete(key);
  }

  async restore(key: ConnectionKey): Promise<void> {
    this.calls.push("restore");
    if (!this.old.has(key)) return;
    const old = this.old.get(key);
    if (old === undefined) this.off.add(key);
    else this.records.set(key, old);
    this.old.delete(key);
  }

  async settle(key: ConnectionKey): Promise<void> {
    this.calls.push("settle");
    this.old.delete(key);
  }

  async disable(key: ConnectionKey): Promise<void> {
    if (this.records.has(key)) this.off.add(key);
    this.old.delete(key);
  }

  async remove(key: ConnectionKey): Promise<void> {
    this.records.delete(key);
  }

  async writeTenant(): Promise<void> {}
  async activate(): Promise<void> {}
  async secretOf(): Promise<undefined> {}
  async close(): Promise<void> {}
}
