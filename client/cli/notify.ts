import { take } from "./arguments.ts";
import type { Command } from "./run-command.ts";

export async function notify({ service, out, positionals, values }: Command): Promise<void> {
  const [userId, subject, message] = take(positionals, "notify", "userId", "subject", "message");
  const { type = "SystemAnnouncement", priority, email, at } = values;
  const { body } = await service.api.call(
    "notifications.create",
    {
      ...{ userId, subject, message, type },
      // The service says which words it takes.
      ...(priority ? { priority: priority as "Normal" } : {}),
      ...(email ? { email } : {}),
      ...(at ? { scheduledFor: at } : {}),
    },
    { idempotencyKey: crypto.randomUUID() },
  );
  out.say(body, `${body.status} ${body.id}`);
}
