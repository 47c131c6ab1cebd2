import { existsSync } from "node:fs";
import { join } from "node:path";
import { installationKey } from "../server/auth/api-key.ts";
import { draftConfig } from "../server/config/config.ts";
import { readEnv } from "../server/config/env.ts";
import { keepAuthSecret } from "../server/config/secrets.ts";
import { StartError } from "../server/config/start-error.ts";
import { renewInternalIssuer } from "../server/domain/issuers/store.ts";
import { makeClaim } from "../server/domain/persons/make-claim.ts";
import { makeResetLink } from "../server/domain/persons/make-reset-link.ts";
import { readHeads } from "../server/log/store.ts";
import { tenantTransaction } from "../server/persistence/prisma.ts";
import { beginNewEpochs } from "../server/persistence/restored.ts";
import { orExplain, withOwner } from "./with-owner.ts";

// What whoever runs the machine may do with the installation as a whole, beside a running service or without one.

const USAGE = `Usage: npm run installation -- <command>
  key            prints the key that makes tenants by POST /installation/tenants
  claim          prints the link that makes whoever opens it the installation's owner, while there is none
  reset <email>  prints a link by which a person sets a new password; it takes their two factors off, too
  restored       to be run before the first start on a database that was restored from a backup
  new-secret     to be run where the AUTH_SECRET of the database is lost, with the service stopped: goes on with another`;

const ANEW = `To be made anew: the secrets of webhooks and of Pusher apps (rotate them), passwords of mail servers, secrets of issuers, the tokens
that POST /tokens gave out, the installation's key, and two factors (npm run installation -- reset <email> takes them off).`;

const commands: Record<string, (...args: string[]) => Promise<void>> = {
  key: async () => {
    const { authSecret, dataDir } = draftConfig(readEnv());
    if (!authSecret && !existsSync(join(dataDir, "auth-secret")))
      throw new StartError("There is no secret yet: set AUTH_SECRET, or start the service once.");
    console.log(installationKey(authSecret ?? keepAuthSecret(dataDir)));
  },
  claim: () =>
    withOwner(async ({ db, baseUrl }) => {
      const link = await makeClaim(db, baseUrl);
      if (!link) throw new StartError("The installation has an owner.");
      console.log(`${link}\nIt is good once, for an hour.`);
    }),
  reset: async (email) => {
    if (!email) throw new StartError(USAGE);
    await withOwner(async ({ db, baseUrl }) => {
      console.log(`${await makeResetLink(db, baseUrl, email.toLowerCase())}\nIt is good once, for an hour.`);
    });
  },
  restored: () =>
    withOwner(async ({ ownerUrl }) => {
      const logs = await beginNewEpochs(ownerUrl);
      console.log(`The logs of ${logs} tenants begin anew: clients load afresh, and mail and webhooks of before wait.`);
      console.log("Let them go or cancel them in each tenant: POST /admin/deliveries/release.");
    }),
  "new-secret": () =>
    withOwner(async ({ db, authSecret }) => {
      let renewed = 0;
      for (const { tenantId } of await readHeads(db.pool))
        if (await tenantTransaction(db.prisma, tenantId, (tx) => renewInternalIssuer(tx, tenantId, authSecret)))
          renewed++;
      console.log(
        `The database is used with this AUTH_SECRET from now on. Tenants with an issuer made anew: ${renewed}.`,
      );
      console.log(ANEW);
    }, true),
};

await orExplain(async () => {
  const [name = "", ...args] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || args.length > (name === "reset" ? 1 : 0)) throw new StartError(USAGE);
  await command(...args);
});
