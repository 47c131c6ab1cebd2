import { take, takeCount, takeList } from "./arguments.ts";
import type { Command } from "./run-command.ts";

export async function token({ service, out, positionals, values }: Command): Promise<void> {
  const [userId] = take(positionals, "token", "userId");
  const groups = takeList(values.groups);
  const expiresInSeconds = takeCount(values.expires, "expires");
  const { body } = await service.api.call(
    "tokens.create",
    { userId, ...(groups ? { groups } : {}), ...(expiresInSeconds ? { expiresInSeconds } : {}) },
    { idempotencyKey: crypto.randomUUID() },
  );
  out.say(body, body.token);
}
