import { Badge } from "../../ui/badge.tsx";
import type { Version } from "./template-draft.ts";

export function StateBadge({ state }: { state: Version["state"] }) {
  return <Badge tone={state === "published" ? "good" : state === "draft" ? "warn" : "plain"}>{state}</Badge>;
}
