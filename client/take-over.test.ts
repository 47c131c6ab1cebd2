import { expect, onTestFinished, test } from "vitest";
import { TakeOver } from "./take-over.ts";
import type { Unsent } from "./unsent.ts";

const unsent = (chatId: string, content: string): Unsent => ({
  ...{ chatId, content, clientMessageId: `${chatId} ${content}`, at: 0, owner: "another page" },
});

/** Chats come when they are let come, or are gone. */
function takeOver(...items: Unsent[]) {
  const here = new Set<string>();
  const asked: string[] = [];
  const taken: string[] = [];
  const stranded: string[] = [];
  const answers = new Map<string, (isHere: boolean) => void>();
  const takes = new TakeOver(items, {
    ensureChat: (chatId) => {
      asked.push(chatId);
      return new Promise((resolve) => answers.set(chatId, resolve));
    },
    isHere: (chatId) => here.has(chatId),
    isOnline: () => true,
    take: ({ clientMessageId }) => taken.push(clientMessageId),
    strand: ({ clientMessageId }) => stranded.push(clientMessageId),
  });
  onTestFinished(() => void takes.close());
  const answer = (chatId: string, isHere: boolean) => {
    if (isHere) here.add(chatId);
    takes.settle();
    answers.get(chatId)?.(isHere);
  };
  return { takes, asked, taken, stranded, answer };
}

test("a chat that does not answer keeps no other back, a few are asked for at once, and in each the order stays", async () => {
  const { takes, asked, taken, stranded, answer } = takeOver(
    ...["a", "b", "c", "d", "e", "f"].flatMap((chatId) => [unsent(chatId, "1"), unsent(chatId, "2")]),
  );
  void takes.start();
  expect(asked).toEqual(["a", "b", "c", "d"]);
  answer("b", true);
  answer("c", false);
  await expect.poll(() => asked).toEqual(["a", "b", "c", "d", "e", "f"]);
  answer("f", true);
  expect(taken).toEqual(["b 1", "b 2", "f 1", "f 2"]);
  expect(stranded).toEqual(["c 1", "c 2"]);
});

test("once it is closed nothing is taken, stranded or asked for any more, whatever is answered later, and what is left is given back", async () => {
  const { takes, asked, taken, stranded, answer } = takeOver(unsent("a", "1"), unsent("b", "1"), unsent("c", "1"));
  const started = takes.start();
  expect(takes.close().map(({ chatId }) => chatId)).toEqual(["a", "b", "c"]);
  answer("a", true);
  answer("b", false);
  answer("c", true);
  await started;
  takes.retryNow();
  expect(asked).toEqual(["a", "b", "c"]);
  expect([...taken, ...stranded]).toEqual([]);
});
