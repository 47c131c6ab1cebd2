import { take } from "./arguments.ts";
import type { Command } from "./run-command.ts";

export async function replay({ service, out, positionals, values }: Command): Promise<void> {
  const [webhookId] = take(positionals, "replay", "webhookId");
  const { upto, since, until, undelivered } = values;
  const range = {
    webhookId,
    ...(upto ? { upto } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
    ...(undelivered ? { undeliveredOnly: true } : {}),
  };
  let count = 0;
  // A call looks at some thousand events; the next one goes on where it stopped.
  for (let { after } = values, more = true; more; ) {
    const { body } = await service.api.call(
      "webhooks.replay",
      { ...range, ...(after ? { after } : {}) },
      { idempotencyKey: crypto.randomUUID() },
    );
    count += body.count;
    more = body.nextCursor !== null;
    after = body.nextCursor ?? undefined;
  }
  out.say({ webhookId, count }, `${count} events are sent once more`);
}
