import { z } from "zod";
import { type Context, mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { ensureMayMail, type LinkMail, linkLasts, personMailJob } from "./policy.ts";
import { email, nextPath } from "./schema.ts";

const errors = ["unauthenticated", "forbidden", "rate_limited"] as const;

export const requestSignInLink = mutation({
  name: "people.requestSignInLink",
  summary: "Mail a link that signs in once; the answer is the same for an address without an account",
  http: { method: "POST", path: "/api/console/sign-in-link", root: true },
  access: { caller: "anyone" },
  input: z.object({ email, next: nextPath.optional() }),
  output: empty,
  errors: [...errors],
  handle: (ctx, asked) => request(ctx, { kind: "sign-in", ...asked }),
});

export const requestPasswordReset = mutation({
  name: "people.requestPasswordReset",
  summary: "Mail a link to set a new password; the answer is the same for an address without an account",
  http: { method: "POST", path: "/api/console/password-reset", root: true },
  access: { caller: "anyone" },
  input: z.object({ email, next: nextPath.optional() }),
  output: empty,
  errors: [...errors],
  handle: (ctx, asked) => request(ctx, { kind: "reset", ...asked }),
});

/** Whose address it is the worker finds out: neither the answer nor its time tells. */
function request(ctx: Context, mail: LinkMail) {
  ensureMayMail(ctx.services, mail.email, ctx.ip);
  return workOf(ctx, async ({ tx }) => {
    const until = new Date((await clockOf(tx)).getTime() + linkLasts[mail.kind] * 60_000);
    await enqueueJobs(tx, [personMailJob(ctx.tenantId, mail, until)]);
    return {};
  });
}
