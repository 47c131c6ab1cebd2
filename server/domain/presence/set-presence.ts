import { z } from "zod";
import { callerId } from "../../caller.ts";
import { mutation } from "../../operation.ts";
import { empty } from "../../schema.ts";

export const setPresence = mutation({
  name: "presence.set",
  summary: "Say that one is away, or back; connecting says online by itself",
  http: { method: "PUT", path: "/presence" },
  access: { caller: "user", scope: "users:write" },
  input: z.object({ state: z.enum(["online", "away"]) }),
  output: empty,
  async handle(ctx, input) {
    await ctx.services.live.setAway(ctx.tenantId, callerId(ctx), input.state === "away");
    return {};
  },
});
