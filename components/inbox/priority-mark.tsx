import { ChevronsUp, CircleAlert } from "lucide-react";
import type { Notification } from "../../client/types.ts";
import { Badge } from "../ui/badge.tsx";

/** High and urgent by icon and word; the ordinary says nothing. */
export function PriorityMark({ priority }: { priority: Notification["priority"] }) {
  if (priority === "Urgent")
    return (
      <Badge tone="bad" size="sm">
        <CircleAlert aria-hidden className="size-3" />
        Urgent
      </Badge>
    );
  if (priority === "High")
    return (
      <Badge tone="warn" size="sm">
        <ChevronsUp aria-hidden className="size-3" />
        High
      </Badge>
    );
  return null;
}
