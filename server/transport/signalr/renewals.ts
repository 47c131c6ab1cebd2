import type { Logger } from "pino";
import type { Principal } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { Shown } from "./credentials.ts";
import type { HubConnection } from "./hub-connection.ts";

/** Before its token runs out, in ms, a client that can is asked for a new one. */
export const renewAheadMs = 30_000;

/** What new tokens are checked with. */
interface Gate {
  readonly log: Logger;
  authenticate(shown: Shown): Promise<Principal>;
}

/** New tokens for open connections: a client that has a method `AccessToken` is asked for one, once for each that runs out. */
export class Renewals {
  private readonly asked = new WeakMap<HubConnection, number>();
  private readonly gate: Gate;

  constructor(gate: Gate) {
    this.gate = gate;
  }

  /** Without a good answer the connection ends with its token, as any other. */
  ask(connection: HubConnection, expiresAt: number): void {
    if (this.asked.get(connection) === expiresAt) return;
    this.asked.set(connection, expiresAt);
    connection
      .ask("AccessToken", [])
      .then((token) => this.principalOf(connection, token))
      .then((principal) => {
        connection.principal = principal;
      })
      .catch((error) =>
        this.gate.log.debug({ err: error, connectionId: connection.id }, "a hub client gave no new token"),
      );
  }

  private async principalOf({ principal }: HubConnection, token: unknown): Promise<Principal> {
    const { tenantId, userId } = principal;
    if (typeof token !== "string") throw new DomainError("unauthenticated", { detail: "A token is text" });
    const renewed = await this.gate.authenticate({ tenant: tenantId, headers: {}, accessToken: token, ip: () => "" });
    if (renewed.userId !== userId) throw new DomainError("forbidden", { detail: "The token is somebody else's" });
    return renewed;
  }
}
