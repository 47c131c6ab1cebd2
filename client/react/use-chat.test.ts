import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Parley } from "../parley.ts";
import type { Action } from "../state.ts";
import type { Chat } from "../types.ts";
import { ParleyProvider } from "./provider.tsx";
import { type OpenChat, useChat } from "./use-chat.ts";

/** What the hook gives once that was done. */
function opened(chatId: string, ...actions: Action[]): Pick<OpenChat, "gone" | "loading"> {
  const client = new Parley({ baseUrl: "http://localhost", tenantId: "acme", userId: "ada", getToken: () => "" });
  for (const action of actions) client.act(action);
  const children = createElement(Words, { chatId });
  return JSON.parse(
    renderToStaticMarkup(createElement(ParleyProvider, { client, children })).replaceAll("&quot;", '"'),
  );
}

function Words({ chatId }: { chatId: string }) {
  const { gone, loading } = useChat(chatId);
  return JSON.stringify({ gone, loading });
}

test("a chat loads until its newest page is here, and not at all where it is gone or nothing could be loaded", () => {
  const ready: Action = { type: "phase", phase: "ready" };
  const chat: Action = { type: "chat-loaded", chat: { id: "c", lastSeq: 0 } as Chat };
  expect(opened("c")).toEqual({ gone: false, loading: true });
  expect(opened("c", ready)).toEqual({ gone: false, loading: true });
  expect(opened("c", ready, chat)).toEqual({ gone: false, loading: true });
  const earlier: Action = { type: "earlier", chatId: "c", cursor: null };
  expect(opened("c", ready, chat, earlier)).toEqual({ gone: false, loading: false });
  expect(opened("c", ready, { type: "chat-gone", chatId: "c" })).toEqual({ gone: true, loading: false });
  expect(opened("c", { type: "phase", phase: "failed" })).toEqual({ gone: false, loading: false });
  expect(opened("", ready)).toEqual({ gone: false, loading: false });
});
