import type { Person } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { Services } from "../../services.ts";
import { hashRecoveryCode, stepOfCode } from "./check-code.ts";
import { ensureMayTryCode } from "./policy.ts";
import { savePerson } from "./store.ts";

export type Verdict = "good" | "code-needed" | "bad";

/**
 * Judges the second factor of a person whose first one is good, and uses the code up. The row must be locked: a code is good once.
 * Whoever has not switched it on needs none. Throws rate_limited.
 */
export async function spendCode(
  tx: TenantTransaction,
  services: Pick<Services, "limiter" | "settings">,
  person: Person,
  code: string | undefined,
): Promise<Verdict> {
  if (person.totpConfirmedAt === null) return "good";
  if (code === undefined || code.trim() === "") return "code-needed";
  ensureMayTryCode(services, person);
  const step = await stepOfCode(services.settings.authSecret, person, code);
  if (step !== undefined) {
    await savePerson(tx, person.id, { totpLastStep: BigInt(step) });
    return "good";
  }
  const hash = hashRecoveryCode(code);
  if (!person.recoveryHashes.includes(hash)) return "bad";
  await savePerson(tx, person.id, { recoveryHashes: person.recoveryHashes.filter((one) => one !== hash) });
  return "good";
}
