import type { TenantId } from "../../auth/principal.ts";
import type { EphemeralEvent } from "../../events.ts";
import type { InspectedFrame } from "../../services.ts";

/** What nodes say to each other. Any of it may be lost: the log and its poll are the truth. */
export type BusMessage =
  | { kind: "wake"; tenantId: TenantId }
  | { kind: "ephemeral"; event: EphemeralEvent }
  | { kind: "recheck"; tenantId: TenantId }
  | { kind: "disconnect"; tenantId: TenantId; connectionId: string }
  | { kind: "presence"; tenantId: TenantId; userIds: string[] }
  | { kind: "channel-event"; tenantId: TenantId; event: ChannelEvent }
  | { kind: "channel-changes"; tenantId: TenantId; changes: ChannelChange[] }
  | { kind: "inspect"; tenantId: TenantId; nodeId: string; ms: number }
  | { kind: "frames"; tenantId: TenantId; frames: InspectedFrame[] }
  | { kind: "hello"; nodeId: string };

/** What an application says on its channels. */
export interface ChannelEvent {
  channels: string[];
  name: string;
  /** As the client gets it; of a client event whatever JSON the sender sent. */
  data: unknown;
  /** Who sent it, where the channel shows who is there. */
  userId?: string | undefined;
  /** The connection that is left out. */
  except?: string | undefined;
  /** Of those of its channels that keep it: under which version they do. */
  versions?: Record<string, number> | undefined;
}

/** What has become of a channel: how many listen to it, and who is in it that was not, or no longer. */
export interface ChannelChange {
  channel: string;
  subscriptions: number;
  /** Of the members: a node that is not at `before` reads them anew; none is at -1. */
  before: number;
  version: number;
  added: { userId: string; info: string | null }[];
  removed: string[];
}

/** Carries messages to the other nodes, never back to the sender. Order is kept per sender; loss is allowed, and nobody waits. */
export interface Bus {
  publish(message: BusMessage): void;
  onMessage(listener: (message: BusMessage) => void): void;
  /** Whether messages get through now. */
  healthy(): boolean;
  close(): Promise<void>;
}
