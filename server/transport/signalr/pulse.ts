/** The client expects a word every 15 s and gives up on a server that is silent for 30 s; the sweep comes once a second. */
const pingAfterMs = 13_000;
/** A client that has ever pinged goes on to: a stock one every 15 s, our own at the latest 25 s after its last. */
const clientTimeoutMs = 30_000;

/**
 * Whether both ends of a connection still say something. Traffic only sets marks and the sweep takes them, so that the clock is not
 * read for every frame. Times in ms since 1970.
 */
export class Pulse {
  sent = false;
  heard = false;
  /** The client has pinged once: only then may it be expected to. */
  pinged = false;
  private sentAt: number;
  private heardAt: number;

  constructor(now: number) {
    this.sentAt = now;
    this.heardAt = now;
  }

  /** What is due now. A client whose call is being worked on (`busy`) may be silent: nothing more may be read from it. */
  sweep(now: number, busy: boolean): "ping" | "idle" | undefined {
    const { sent, heard } = this;
    this.sent = false;
    this.heard = false;
    if (heard || busy) this.heardAt = now;
    else if (this.pinged && now - this.heardAt > clientTimeoutMs) return "idle";
    if (!sent && now - this.sentAt < pingAfterMs) return undefined;
    this.sentAt = now;
    return sent ? undefined : "ping";
  }
}
