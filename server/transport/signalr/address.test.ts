import { expect, test } from "vitest";
import { guideKinds } from "../../events.ts";
import { readAddress } from "./address.ts";

function read(query: string) {
  return readAddress(new URL(`http://hub/tenant/acme/v1/hub${query}`));
}

test("a bare address asks for messages and notifications, thin", () => {
  const nothing = { id: undefined, accessToken: undefined, clientId: undefined, since: undefined };
  expect(read("")).toEqual({ ...nothing, full: false, kinds: guideKinds, renews: false });
  expect(read("?since=&clientId=&id=")).toMatchObject(nothing);
});

test("names are taken in any letter case, values as they are", () => {
  expect(read("?CLIENTID=aB&Since=Xy&ID=t&Payload=Full&access_TOKEN=a.b")).toMatchObject({
    id: "t",
    accessToken: "a.b",
    clientId: "aB",
    since: "Xy",
    full: true,
  });
});

test.each([
  ["all", undefined],
  ["ALL", undefined],
  ["Chat,all", undefined],
  ["chat, MESSAGEEDITED ,Typing", ["message.created", "message.edited", "typing"]],
  ["Message,NoSuchThing", ["notification.created"]],
  ["NoSuchThing", [...guideKinds]],
  [",", [...guideKinds]],
])("events=%s", (list, kinds) => {
  const asked = read(`?events=${encodeURIComponent(list)}`).kinds;
  expect(asked && [...asked]).toEqual(kinds);
});
