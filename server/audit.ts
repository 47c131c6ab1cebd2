import type { Principal } from "./auth/principal.ts";
import { maskInput, targetOf, withoutPersonal } from "./domain/audit/policy.ts";
import { beginEntry, settleEntry } from "./domain/audit/store.ts";
import type { AuditDetail, Call, Operation } from "./operation.ts";

/** What an administrator's change is noted by, from before it is made to how it ended. */
export interface Audited {
  detail: AuditDetail;
  settle(outcome: string): Promise<void>;
}

/**
 * Notes that somebody who runs the tenant is about to change something; undefined for every other call. Without the note there is no
 * change: what cannot be noted is not done.
 */
export async function beginAudit(operation: Operation, call: Call, input: unknown): Promise<Audited | undefined> {
  const { principal, tenantId, services, ip, requestId, log } = call;
  if (!isAudited(operation, principal) || operation.isDryRun?.(input)) return undefined;
  const { name, http, personal } = operation;
  const target = targetOf(http.path, input);
  const shown = maskInput(withoutPersonal(input, personal));
  const entry = { ...actorOf(principal), ip, operation: name, target, input: shown, requestId };
  const id = await beginEntry(services.db, tenantId, entry);
  const detail: AuditDetail = {};
  return {
    detail,
    settle: (outcome) => {
      const [before, after] = [maskInput(detail.before), maskInput(detail.after)];
      // The change itself is committed or refused by now; the note says at least that it was begun.
      return settleEntry(services.db, tenantId, id, { outcome, before, after, target: detail.target }).catch((error) =>
        log.error({ err: error, operation: name, requestId }, "an audit entry could not be settled"),
      );
    },
  };
}

function isAudited({ kind, access, http }: Operation, principal: Principal): boolean {
  if (http.root) return false;
  if (kind === "query") return access.console === "admin:secrets";
  // Whoever only looks may call it: a POST for the length of what it asks.
  if (access.console === "admin:read") return false;
  return access.caller === "admin" || principal.kind === "operator";
}

function actorOf({ kind, person, keyId, userId }: Principal) {
  if (kind === "operator" && person)
    return { actorKind: "operator" as const, actorId: person.personId, actorName: person.email };
  if (kind === "key") return { actorKind: "key" as const, actorId: keyId ?? "", actorName: userId && `as ${userId}` };
  return { actorKind: "user" as const, actorId: userId ?? "" };
}
