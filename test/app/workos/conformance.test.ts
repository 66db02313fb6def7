import type { AppAdapter, RecordWrite } from "../../../src/app/app.ts";
import { TenantryError } from "../../../src/errors/failure.ts";
import type { WorkosApp } from "../../../src/workspace/apps/workos.ts";
import { conformanceSuite, type Place } from "../conformance/suite.ts";
import { crewWrite, key, type WorkosTestPlace, workosPlace } from "./place.ts";

/**
 * WorkOS has no call that changes a connection: whoever applies does it in the dashboard, as the refusal tells them, and
 * applies again.
 */
function withPerson(place: WorkosTestPlace, app: AppAdapter): AppAdapter {
  const asTold = async (write: RecordWrite): Promise<void> => {
    try {
      await app.write(write);
    } catch (error) {
      if (!(error instanceof TenantryError)) throw error;
      if (error.code === "WORKOS_CALLBACK_CHANGED") {
        // Never proven, so it was made anew: the next apply registers the other callback.
        const handed = await app.handOut?.(write);
        const redirectUri = handed !== undefined && "redirectUri" in handed ? handed.redirectUri : "";
        return app.write({ ...write, record: { ...write.record, redirectUri } });
      }
      if (error.code !== "WORKOS_CHANGE_BY_HAND") throw error;
      const { clientId } = write.record;
      place.environment.editConnection(place.connection().id, {
        clientId,
        clientSecret: write.secret?.value.reveal() ?? "",
      });
      await app.write(write);
    }
  };
  return { ...app, write: asTold };
}

async function open(change: Partial<WorkosApp>, given: RecordWrite): Promise<Place> {
  const place = await workosPlace();
  return {
    adapter: async () => withPerson(place, await place.adapter(change)),
    write: given,
    handsOut: change.callback === undefined,
    async foreign() {
      const metadata = { tenantry_workspace: "acme", tenantry_environment: "staging", tenantry_app: "crew" };
      const theirs = place.environment.addOrganization({ name: "Theirs", externalId: "whiterabbit", metadata });
      const before = JSON.stringify(theirs);
      return { unchanged: async () => JSON.stringify(theirs) === before && place.environment.connections.size === 0 };
    },
    async addUnknown() {
      place.organization().metadata.plan = "enterprise";
      return { isStillThere: async () => place.organization().metadata.plan === "enterprise" };
    },
    async visitor() {
      return [...place.environment.connections.values()].some(({ state }) => state === "active") ? "in" : "out";
    },
    close: () => place.close(),
  };
}

conformanceSuite({ name: "workos, with the callback that it hands out", open: () => open({}, crewWrite()) });

const own = "https://crew.acme.example/sso/callback/whiterabbit222222222";
conformanceSuite({
  name: "workos, with a callback of the app's own",
  open: () =>
    open({ callback: "/sso/callback/{id}", connections: "api" }, crewWrite("s3cret-one", { key, redirectUri: own })),
});
