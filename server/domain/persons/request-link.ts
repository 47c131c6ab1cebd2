import { z } from "zod";
import { type Context, mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { ensureMayMail, linkLasts, type PersonLinkKind, personMailJob } from "./policy.ts";
import { email } from "./schema.ts";

const errors = ["unauthenticated", "forbidden", "rate_limited"] as const;

export const requestSignInLink = mutation({
  name: "people.requestSignInLink",
  summary: "Mail a link that signs in once; the answer is the same for an address without an account",
  http: { method: "POST", path: "/api/console/sign-in-link", root: true },
  access: { caller: "anyone" },
  input: z.object({ email }),
  output: empty,
  errors: [...errors],
  handle: (ctx, { email }) => request(ctx, "sign-in", email),
});

export const requestPasswordReset = mutation({
  name: "people.requestPasswordReset",
  summary: "Mail a link to set a new password; the answer is the same for an address without an account",
  http: { method: "POST", path: "/api/console/password-reset", root: true },
  access: { caller: "anyone" },
  input: z.object({ email }),
  output: empty,
  errors: [...errors],
  handle: (ctx, { email }) => request(ctx, "reset", email),
});

/** Whose address it is the worker finds out: neither the answer nor its time tells. */
function request(ctx: Context, kind: PersonLinkKind, email: string) {
  ensureMayMail(ctx.services, email, ctx.ip);
  return unitOfWork(
    ctx.services.db,
    ctx.tenantId,
    async ({ tx }) => {
      const until = new Date(Date.now() + linkLasts[kind] * 60_000);
      await enqueueJobs(tx, [personMailJob(ctx.tenantId, { kind, email }, until)]);
      return {};
    },
    ctx.idempotent,
  );
}
