import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { everyType } from "./event-texts.ts";

export const statuses = ["queued", "delivered", "failed", "expired", "waiting"] as const;

const filters = {
  status: parseAsStringLiteral(statuses),
  type: parseAsStringLiteral(everyType),
  open: parseAsString,
  before: parseAsString,
};

/** What the list of deliveries is filtered by, as the address has it. */
export function useDeliveryFilters() {
  return useQueryStates(filters);
}
