import { readEnv } from "../server/config/env.ts";
import { deriveKey } from "../server/config/secrets.ts";
import { StartError } from "../server/config/start-error.ts";
import { migrate } from "../server/persistence/migrate.ts";

// npm run db:migrate     brings the Postgres of DATABASE_URL to this release. Every start does the same; this is for those who
//                        want it done before, by a user with more rights.

try {
  const { DATABASE_URL: ownerUrl, AUTH_SECRET: authSecret } = readEnv();
  if (!ownerUrl || !authSecret) {
    throw new StartError("Set DATABASE_URL and AUTH_SECRET. The embedded Postgres is migrated by `npm start`.");
  }
  const { applied } = await migrate({
    ownerUrl,
    authSecret,
    runtimePassword: deriveKey(authSecret, "database-runtime").toString("hex"),
  });
  console.log(applied.length > 0 ? `Applied ${applied.join(", ")}.` : "Nothing to apply.");
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
