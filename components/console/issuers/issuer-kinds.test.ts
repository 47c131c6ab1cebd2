import { expect, test } from "vitest";
import { changesOf, draftOf, type Issuer } from "./issuer-kinds.ts";

const issuer: Issuer = {
  id: "one",
  name: "Ours",
  kind: "public-key",
  issuer: "https://us.example",
  algorithms: ["RS256"],
  publicKey: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
  claims: { userId: ["sub"], groups: ["groups"], adminGroup: "Admin" },
  enabled: true,
  createdAt: "2026-11-26T08:00:00Z",
};

test("an issuer that is renamed keeps the key and the claims that it has by then", () => {
  const draft = { ...draftOf(issuer), name: "Renamed" };
  expect(changesOf(issuer, draft)).toEqual({ name: "Renamed" });
});

test("of the claims, too, only what was changed is sent", () => {
  const draft = { ...draftOf(issuer), audience: "chat", groups: "groups, roles" };
  expect(changesOf(issuer, draft)).toEqual({ audience: "chat", claims: { groups: ["groups", "roles"] } });
  expect(changesOf({ ...issuer, kind: "hs256" }, draftOf(issuer))).toEqual({});
});
