import type { ConnectionKey } from "../desired/connection.ts";
import { parseConnectionKey } from "../desired/key.ts";
import { TenantryError } from "../errors/failure.ts";
import { previousOf } from "../secret/previous.ts";
import { SecretFault } from "../secret/remote.ts";
import type { Secret } from "../secret/secret.ts";
import type { SecretManager, SinkMark, StoredSecret } from "../secret/sink.ts";
import type { Reference } from "../workspace/reference.ts";
import { sinkReference } from "../workspace/secret-sink.ts";
import type { AppAdapter } from "./app.ts";

/** Where an app's secrets are put, and by whom. */
export interface SecretSinkOptions {
  /** `secretSink` of the app. */
  readonly template: string;
  readonly workspace: string;
  readonly environment: string;
  /** The manager of the template's scheme; asked for when a secret is first put there or looked at. */
  readonly manager: () => Promise<SecretManager>;
  /** Told of every secret that is looked at. */
  readonly know: (secret: Secret) => void;
}

/**
 * The app with its secrets in a sink: a write puts the secret there before the record is written, and what was there is
 * kept beside it until the change is settled or taken back. So the app's own secret can be shown, whatever the app.
 *
 * @throws TenantryError SECRET_SINK_FOREIGN, SECRET_SINK_REFUSED, SECRET_FORBIDDEN, SECRET_UNREACHABLE… of each method
 *   that writes, and of `secretOf`
 */
export function withSecretSink(adapter: AppAdapter, options: SecretSinkOptions): AppAdapter {
  const { template, workspace, environment, know } = options;
  const placeOf = (key: ConnectionKey): Place => {
    const parts = parseConnectionKey(key);
    if (parts === undefined) throw new TypeError("a key that is none");
    const at = sinkReference(template, { ...parts, workspace, environment });
    return { at, kept: previousOf(at), owner: `${workspace}/${environment}/${key}` };
  };
  const sink = async <T>(key: ConnectionKey, work: (sink: Sink, place: Place) => Promise<T>): Promise<T> => {
    const place = placeOf(key);
    try {
      return await work(sinkOf(await options.manager(), know), place);
    } catch (error) {
      throw error instanceof SecretFault ? failureOf(error, adapter.name, place.at) : error;
    }
  };

  return {
    ...adapter,
    showsSecret: true,

    async write(write) {
      const { secret, record } = write;
      if (secret !== undefined) {
        await sink(record.key, async ({ look, put }, { at, kept, owner }) => {
          const mark = { owner, secretId: secret.id };
          const old = await look(at);
          const changes = old?.mark?.owner === owner && old.value.reveal() !== secret.value.reveal();
          // The first that was kept stays: it is what was proven last.
          if (changes && (await look(kept)) === undefined) await put(kept, old.value, { ...old.mark, owner });
          await put(at, secret.value, mark);
        });
      }
      await adapter.write(write);
    },

    async settle(key) {
      await adapter.settle(key);
      await sink(key, ({ drop }, { kept, owner }) => drop(kept, owner));
    },

    async restore(key) {
      await sink(key, async ({ look, put }, { at, kept, owner }) => {
        const old = await look(kept);
        if (old?.mark?.owner === owner) await put(at, old.value, old.mark);
      });
      await adapter.restore(key);
      await sink(key, ({ drop }, { kept, owner }) => drop(kept, owner));
    },

    async disable(key) {
      await adapter.disable(key);
      await sink(key, ({ drop }, { kept, owner }) => drop(kept, owner));
    },

    async remove(key) {
      await adapter.remove(key);
      await sink(key, async ({ drop }, { at, kept, owner }) => {
        await drop(kept, owner);
        await drop(at, owner);
      });
    },

    secretOf: (key) =>
      sink(key, async ({ look }, { at }) => {
        const found = await look(at);
        return found === undefined ? undefined : { id: found.mark?.secretId ?? "", value: found.value };
      }),
  };
}

/** Where the secret of one connection lies. */
interface Place {
  readonly at: Reference;
  readonly kept: Reference;
  readonly owner: string;
}

interface Sink {
  look(at: Reference): Promise<StoredSecret | undefined>;
  put(at: Reference, secret: Secret, mark: SinkMark): Promise<void>;
  drop(at: Reference, owner: string): Promise<void>;
}

/** The manager, with every secret that it shows known. Its references are all of the template's scheme. */
function sinkOf(manager: SecretManager, know: (secret: Secret) => void): Sink {
  return {
    async look(at) {
      const found = await manager.look(at);
      if (found !== undefined) know(found.value);
      return found;
    },
    put: (at, secret, mark) => manager.put(at, secret, mark),
    drop: (at, owner) => manager.drop(at, owner),
  };
}

function failureOf(fault: SecretFault, app: string, { text }: Reference): TenantryError {
  return new TenantryError(fault.code, `the secret sink ${text} of the app ${app}: ${fault.message}`, {
    cause: fault,
    ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  });
}
