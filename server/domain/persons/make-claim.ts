import type { Database } from "../../persistence/database.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { makeLink } from "./make-link.ts";
import { asInstallation, hasInstallationOwner, insertLink } from "./store.ts";

const lastsMs = 60 * 60 * 1000;

/** A link that makes whoever opens it the installation's owner, good once and for an hour; undefined when there is one. */
export async function makeClaim(db: Database, baseUrl: string): Promise<string | undefined> {
  const { token, hash } = makeLink();
  const owned = await asInstallation(db, async (tx) => {
    if (await hasInstallationOwner(tx)) return true;
    await insertLink(tx, { kind: "claim", hash, expiresAt: new Date((await clockOf(tx)).getTime() + lastsMs) });
    return false;
  });
  return owned ? undefined : `${baseUrl}/sign-up?claim=${token}`;
}
