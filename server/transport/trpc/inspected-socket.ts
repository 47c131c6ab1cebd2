import type { Principal } from "../../auth/principal.ts";
import { newId } from "../../ids.ts";
import type { Realtime } from "../../realtime/realtime.ts";

/** A socket as operators see it who inspect the tenant's frames: from the first valid credential on. */
export class InspectedSocket {
  readonly id = newId();
  readonly protocol = "trpc";
  private principal: Principal | undefined;
  private readonly realtime: Pick<Realtime, "tap">;

  constructor(realtime: Pick<Realtime, "tap">) {
    this.realtime = realtime;
  }

  belongsTo(principal: Principal): void {
    const isNew = this.principal === undefined;
    this.principal = principal;
    if (isNew && this.realtime.tap.on) this.realtime.tap.event(this.as(principal), "connect");
  }

  frame(kind: "in" | "out", data: string | Buffer): void {
    const { tap } = this.realtime;
    const { principal } = this;
    if (!tap.on || !principal || principal.kind === "operator") return;
    tap.frame(this.as(principal), kind, { bytes: Buffer.byteLength(data), read: () => String(data) });
  }

  closed(): void {
    const { principal } = this;
    if (principal && this.realtime.tap.on) this.realtime.tap.event(this.as(principal), "disconnect");
  }

  private as(principal: Principal) {
    return { id: this.id, protocol: this.protocol, principal } as const;
  }
}
