import { z } from "zod";
import { pusherAuth } from "../../auth/pusher-app.ts";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { findUser } from "../users/store.ts";
import { socketId } from "./schema.ts";

export const authorizeUser = mutation({
  name: "pusherApps.authorizeUser",
  summary: "Sign the caller in on a socket of a Pusher client (pusher:signin)",
  http: { method: "POST", path: "/pusher/user-auth", form: true, aliases: { socketId: "socket_id" } },
  access: { caller: "user", scope: "events:read" },
  input: z.object({ socket_id: socketId }),
  output: z.object({ auth: z.string(), user_data: z.string() }),
  errors: ["not_found"],
  ownIdempotency: true, // nothing is stored, so a repeat is the same as the first
  async handle(ctx, { socket_id }) {
    const { db, security } = ctx.services;
    const app = (await security.snapshot(ctx.tenantId))?.pusherApp;
    if (!app?.enabled) throw new DomainError("not_found", { detail: "The tenant has no Pusher app that is enabled" });
    const id = callerId(ctx);
    const profile = await findUser(db, ctx.tenantId, id);
    const user_data = JSON.stringify({ id, user_info: { displayName: profile?.displayName ?? null } });
    return { auth: pusherAuth(app, `${socket_id}::user::${user_data}`), user_data };
  },
});
