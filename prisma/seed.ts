import type { Config } from "../server/config/config.ts";
import { deriveKey } from "../server/config/secrets.ts";
import { listPeople } from "../server/domain/demo/store.ts";
import { getPusherApp } from "../server/domain/pusher-apps/store.ts";
import type { Live, Services } from "../server/services.ts";
import { harbourMaster, people } from "./seed/cast.ts";
import { ensureIssuer, type Keeper, keepAdmin, keepPrimaryKey, keepPusherApp, keepToken } from "./seed/credentials.ts";
import { type DemoFile, demoFilePath, readDemoFile, writeDemoFile } from "./seed/demo-file.ts";
import { demoId, harbourId, makeDemo } from "./seed/store.ts";

export interface Seeding {
  services: Pick<Services, "db" | "security">;
  config: Pick<Config, "authSecret" | "baseUrl" | "dataDir">;
  live: Pick<Live, "recheck">;
}

/**
 * Makes the demo's tenants where there are none and writes DATA_DIR/demo.json, whose keys and tokens are good when it returns. Any
 * number of nodes may do it at once.
 * @throws StartError when a tenant id is taken, or the file cannot be written
 */
export async function seedDemo({ services: { db, security }, config, live }: Seeding): Promise<void> {
  const keeper: Keeper = { db, security, authSecret: config.authSecret };
  const file = demoFilePath(config.dataDir);
  await makeDemo(db, config.authSecret);
  const content = await collect(keeper, config.baseUrl, readDemoFile(file));
  writeDemoFile(file, content);
  // Connections of a key that was replaced are closed now.
  for (const tenantId of [demoId, harbourId]) live.recheck(tenantId);
}

async function collect(keeper: Keeper, baseUrl: string, known: DemoFile | undefined): Promise<DemoFile> {
  for (const tenantId of [demoId, harbourId]) {
    keeper.security.invalidate(tenantId);
    await ensureIssuer(keeper, tenantId);
    await keepPusherApp(keeper, tenantId);
  }
  const { appId, key, secret } = await getPusherApp(keeper.db, demoId, keeper.authSecret);
  const { userId } = harbourMaster;
  const admin = derivedAdmin(keeper.authSecret);
  await keepAdmin(keeper, demoId, admin);
  return {
    baseUrl,
    tenantId: demoId,
    apiKey: await keepPrimaryKey(keeper, demoId, known?.apiKey),
    pusher: { appId, key, secret },
    admin,
    users: await collectUsers(keeper, known),
    second: {
      tenantId: harbourId,
      apiKey: await keepPrimaryKey(keeper, harbourId, known?.second.apiKey),
      user: { userId, token: await keepToken(keeper, harbourId, userId, known?.second.user.token) },
    },
  };
}

/** The people in the order of the cast, by the names they have now. */
async function collectUsers(keeper: Keeper, known: DemoFile | undefined): Promise<DemoFile["users"]> {
  const { people: stored } = await listPeople(keeper.db, demoId);
  const names = new Map(stored.map((person) => [person.userId, person.displayName]));
  const tokens = new Map(known?.users.map((user) => [user.userId, user.token]));
  return Promise.all(
    people.map(async ({ userId, displayName }) => ({
      userId,
      displayName: names.get(userId) ?? displayName,
      token: await keepToken(keeper, demoId, userId, tokens.get(userId)),
    })),
  );
}

/** The same on every node and at every start, for as long as AUTH_SECRET is. */
function derivedAdmin(authSecret: string): DemoFile["admin"] {
  return {
    email: "owner@lighthouse.example",
    password: deriveKey(authSecret, "demo-admin", 15).toString("base64url"),
  };
}
