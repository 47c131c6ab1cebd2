import type { TenantId } from "../../auth/principal.ts";
import type { EphemeralEvent } from "../../events.ts";

/** What nodes say to each other. Any of it may be lost: the log and its poll are the truth. */
export type BusMessage =
  | { kind: "wake"; tenantId: TenantId }
  | { kind: "ephemeral"; event: EphemeralEvent }
  | { kind: "recheck"; tenantId: TenantId }
  | { kind: "presence"; tenantId: TenantId; userIds: string[] }
  | { kind: "hello"; nodeId: string };

/** Carries messages to the other nodes, never back to the sender. Order is kept per sender; loss is allowed, and nobody waits. */
export interface Bus {
  publish(message: BusMessage): void;
  onMessage(listener: (message: BusMessage) => void): void;
  /** Whether messages get through now. */
  healthy(): boolean;
  close(): Promise<void>;
}
