import { expect, test } from "vitest";
import { recordFields } from "../../../src/plan/fields.ts";
import { appOf, discovery, inFile, placeOf, writeOf } from "./place.ts";

test("try", async () => {
  const place = placeOf(appOf(inFile));
  place.put("FIRST=1\n");
  const adapter = await place.adapter();
  const write = writeOf(place.app);
  await adapter.write(write);
  console.log(place.read());
  const seen = await adapter.observe([write.record]);
  console.log(JSON.stringify([...seen.records], null, 1), seen.foreign, seen.problems);
  expect(seen.records.get(write.record.key)?.fields).toEqual(recordFields(write.record, discovery));
  await adapter.disable(write.record.key);
  console.log(place.read());
  await adapter.remove(write.record.key);
  console.log(place.read());
});
test("try manifest", async () => {
  const place = placeOf(appOf({ carrier: { kubernetes: { file: "app.yaml", plainSecrets: true } } }));
  place.put(`# ours
apiVersion: privatecloud.mendix.com/v1alpha1
kind: MendixApp
metadata:
  name: service # the app
spec:
  replicas: 2
  runtime:
    customConfiguration: |-
      {"MicroflowConstants": "{}", "big": 12345678901234567890.10}
    logAutosubscribeLevel: INFO # keep
`);
  const adapter = await place.adapter();
  const write = writeOf(place.app, {secret: "it's \"x\" ${{a}} \n ü \\ end"});
  await adapter.write(write);
  console.log(place.read());
  expect((await adapter.secretOf(write.record.key))?.value.reveal()).toBe("it's \"x\" ${{a}} \n ü \\ end");
  const seen = await adapter.observe([write.record]);
  expect(seen.records.get(write.record.key)?.fields).toEqual(recordFields(write.record, discovery));
});
