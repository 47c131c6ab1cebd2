import { startApi } from "../server/api.ts";
import { createTenant } from "../server/domain/tenants/make-tenant.ts";
import { signUserToken } from "../server/domain/tokens/sign-user-token.ts";
import { answer, usage } from "./child.ts";
import { authSecret, benchConfig } from "./config.ts";
import { makeChat } from "./make-chat.ts";

// The real api role, with one tenant whose rates are high; the limiter runs as ever.

const [runtimeUrl = ""] = process.argv.slice(2);
const plenty = { rate: 1_000_000, burst: 1_000_000 };

const api = await startApi(benchConfig({ ownerUrl: runtimeUrl, runtimeUrl }), { url: () => undefined });
const { db, security } = api.services;
const rates = { user: plenty, key: plenty, tenant: plenty, address: plenty, frames: plenty };
const { tenantId, primaryKey } = await createTenant(db, authSecret, {
  id: "bench",
  name: "Bench",
  settings: { rates },
});

const handlers = {
  usage,
  port: () => api.port,
  key: () => primaryKey,
  chat: (userIds: string[]) => makeChat(db, tenantId, userIds),
  tokens: (userIds: string[]) =>
    Promise.all(
      userIds.map(async (userId) => (await signUserToken(security, tenantId, { userId, expiresIn: 3600 })).token),
    ),
};

export type ApiServer = typeof handlers;
answer(handlers);
