import { beforeEach, expect } from "vitest";
import type { TestSandbox } from "../support/sandbox.ts";
import { type Client, OktaBrowser, register } from "./okta-browser.ts";
import { call } from "./okta-caller.ts";
import { TestServer } from "./okta-server.ts";

// What each test has anew, so that none sees what another left. Bindings: they are what the running test has.

/** The number of the running test. */
export let count = 0;
export let app: Client;
/** Of nobody yet. Its endpoints are the org's, or those of `server` where there is one. */
export let browser: OktaBrowser;
export let server: TestServer;
/** An authorization server as the management API answered it, and where it is there. */
export let made: { readonly id: string; readonly name: string };
export let path: string;

export const serversPath = "/api/v1/authorizationServers";

/** Each test of the file has an app of its own, labelled with this name and its number. */
export function freshApp(at: TestSandbox, name: string, more: Parameters<typeof register>[2] = {}): void {
  beforeEach(async () => {
    count += 1;
    app = await register(at, `${name} ${count}`, more);
    browser = new OktaBrowser(at, app);
  });
}

/** As `freshApp`, with a custom authorization server for it, to which nobody is let yet. */
export function freshAppAndServer(at: TestSandbox, name: string): void {
  freshApp(at, name);
  beforeEach(async () => {
    server = await TestServer.make(at, `${name} ${count}`, `api://${count}`);
    browser = new OktaBrowser(at, app, server.base);
  });
}

/** Each test of the file has an authorization server of its own, as it is just after it was made. */
export function freshServer(at: TestSandbox): void {
  beforeEach(async () => {
    count += 1;
    const body = { name: `server ${count}`, audiences: ["api://one"], description: "d" };
    const { status, json } = await call(at, "POST", serversPath, body);
    expect(status).toBe(201);
    made = json;
    path = `${serversPath}/${made.id}`;
  });
}
