import { expect, test } from "vitest";
import { mintTenantId } from "../../auth/principal.ts";
import { userScopes } from "../../auth/scopes.ts";
import type { LogEvent } from "../../events.ts";
import { Outgoing, type SubscribeOptions } from "../../realtime/subscription.ts";
import type { Services } from "../../services.ts";
import { turn } from "../../testing/paper-hub.ts";
import { streamEvents } from "./stream-events.ts";

const tenantId = mintTenantId("acme");
const event: LogEvent = { tenantId, position: 1, type: "message.created", payload: { id: "m1" }, at: "" };

test("leaves the log when its client cancels, also while nobody asks for what comes next", async () => {
  const limits = { snapshot: async () => ({ settings: { rates: {} } }), take: () => {} };
  const services = { security: limits, limiter: limits } as unknown as Services;
  let asked: SubscribeOptions | undefined;
  let left = 0;
  const realtime = {
    subscribe: async (options: SubscribeOptions) => {
      asked = options;
      return { options, cursor: 0, close: () => void left++ };
    },
    abandon: () => {},
  };
  const principal = { tenantId, kind: "user", userId: "ada", admin: false, scopes: userScopes } as const;
  const cancel = new AbortController();
  const stream = streamEvents(
    { services, realtime },
    {},
    {
      principal: { ...principal, credential: { type: "none" } },
      clientId: undefined,
      signal: cancel.signal,
      ip: () => "",
    },
  );
  const first = stream.next();
  await turn();
  asked?.sink.deliver(new Outgoing(event, () => "e1"));
  expect((await first).value).toMatchObject({ eventId: "e1" });
  expect(left).toBe(0);
  cancel.abort();
  await turn();
  expect(left).toBe(1);
});
