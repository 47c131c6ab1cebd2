import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Parley } from "../../client/parley.ts";
import { ParleyProvider } from "../../client/react/provider.tsx";
import type { Chat, Member, Presence } from "../../client/types.ts";
import { PresenceDot } from "./presence-dot.tsx";
import { PresenceDots } from "./presence-dots.tsx";

/** A group of ada, ben and cleo, or one of whom these are the first, as ada's page draws who is there. */
function drawn(known: Record<string, Presence["state"]>, memberCount = 3): string {
  const client = new Parley({ baseUrl: "http://localhost", tenantId: "acme", userId: "ada", getToken: () => "" });
  const members = ["ada", "ben", "cleo"].map((userId) => ({ userId, user: { userId }, lastReadSeq: 0 }) as Member);
  client.act({ type: "chat-loaded", chat: { id: "c", lastSeq: 0, memberCount } as Chat });
  client.act({ type: "members-loaded", chatId: "c", members, more: memberCount > 3 ? "cleo" : null, changes: 0 });
  const presence = Object.entries(known).map(([userId, state]) => ({ userId, state }) as Presence);
  client.act({ type: "presence-known", presence, before: {} });
  const children = createElement(PresenceDots, { chatId: "c" });
  return renderToStaticMarkup(createElement(ParleyProvider, { client, children }));
}

test("how many are here is said of those of whom it is known, and of nobody where the tenant hides it", () => {
  expect(drawn({ ada: "online", ben: "away", cleo: "offline" })).toContain("1 of 2 others here");
  for (const hidden of [drawn({}), drawn({ ada: "online" })]) expect(hidden).not.toMatch(/here|offline/u);
});

test("where not all members are here it is said of how many others those are, and that there may be more", () => {
  expect(drawn({ ben: "away", cleo: "offline" }, 350)).toContain("At least 1 of 349 others here");
  const noneKnown = drawn({ ben: "offline" }, 350);
  expect(noneKnown).toContain("349 others");
  expect(noneKnown).not.toContain("others here");
});

test("of whom nothing is known no dot says that they are away", () => {
  const dot = (presence: Presence | undefined) => renderToStaticMarkup(createElement(PresenceDot, { presence }));
  expect(dot(undefined)).toBe("");
  expect(dot({ userId: "ben", state: "offline" } as Presence)).toContain("offline");
});
