import { type Auth0Entry, auth0Entry } from "./apps/auth0.ts";
import { type FileEntry, fileEntry } from "./apps/file.ts";
import { type HttpEntry, httpEntry } from "./apps/http.ts";
import { type KongEntry, kongEntry } from "./apps/kong.ts";
import { type MendixEntry, mendixEntry } from "./apps/mendix.ts";
import { type SqlEntry, sqlEntry } from "./apps/sql.ts";
import { type WorkosEntry, workosEntry } from "./apps/workos.ts";

/** The block of a connection that is named after its app's kind; at most one. */
export interface AppEntries {
  readonly sql?: SqlEntry | undefined;
  readonly auth0?: Auth0Entry | undefined;
  readonly kong?: KongEntry | undefined;
  readonly workos?: WorkosEntry | undefined;
  readonly mendix?: MendixEntry | undefined;
  readonly http?: HttpEntry | undefined;
  readonly file?: FileEntry | undefined;
}

/** The keys of an entry of `connections:` that only one kind of app has. */
export const appEntryKeys = {
  sql: sqlEntry.optional(),
  auth0: auth0Entry.optional(),
  kong: kongEntry.optional(),
  workos: workosEntry.optional(),
  mendix: mendixEntry.optional(),
  http: httpEntry.optional(),
  file: fileEntry.optional(),
};
