import { z } from "zod";
import { recheckPrincipal } from "../../auth/recheck.ts";
import { DomainError } from "../../errors.ts";
import { query } from "../../operation.ts";
import { inspectedFrameSchema } from "./schema.ts";

const maxWait = 20;

export const listFrames = query({
  name: "frames.list",
  summary:
    "What goes over the tenant's sockets now, on all nodes: at most 50 frames a second and node, 2 KiB of each. Recorded only while somebody asks",
  http: { method: "GET", path: "/admin/frames" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    after: z
      .string()
      .max(60)
      .optional()
      .describe("The nextCursor of the last answer; without it recording begins, and only the present is answered"),
    wait: z.number().optional().describe("Seconds to hold the call open until something comes, at most 20"),
  }),
  output: z.object({ data: z.array(inspectedFrameSchema), nextCursor: z.string() }),
  errors: ["rate_limited"],
  async handle({ services, tenantId, principal, signal, reply }, { after, wait = 0 }) {
    const seconds = Number.isNaN(wait) ? 0 : Math.min(Math.max(wait, 0), maxWait);
    const began = performance.now();
    const { frames, next } = await services.live.inspect(tenantId, { after, seconds, signal });
    // All but the waiting is done in memory.
    if (seconds > 0) reply.waitedMs = performance.now() - began;
    // Who was revoked while the call was held gets nothing.
    if (seconds > 0 && (await recheckPrincipal(services.security, principal)) === "revoked")
      throw new DomainError("unauthenticated", { detail: "The credential is no longer valid" });
    return { data: frames, nextCursor: next };
  },
});
