import type { Context } from "../../operation.ts";
import type { ChatPerson } from "./schema.ts";
import { findPeople } from "./store.ts";

/** Who the users are that a page names, in one read, where that is asked for. */
export async function peopleOf(
  { services: { db }, tenantId }: Context,
  { people }: { people?: boolean | undefined },
  userIds: readonly string[],
): Promise<{ people?: ChatPerson[] }> {
  return people ? { people: await findPeople(db, tenantId, userIds) } : {};
}
