import { text as readAll } from "node:stream/consumers";
import { take } from "./arguments.ts";
import type { Command } from "./run-command.ts";

export async function send({ service, out, positionals, values }: Command): Promise<void> {
  const [chatId, text] = take(positionals, "send", "chatId", "text");
  const content = text === "-" ? (await readAll(process.stdin)).replace(/\n$/u, "") : text;
  const { id } = values;
  const { body } = await service.api.call(
    "messages.send",
    { chatId, content, ...(id ? { clientMessageId: id } : {}) },
    { idempotencyKey: crypto.randomUUID() },
  );
  out.say(body, `#${body.seq} ${body.id}`);
}
