import { openChannel } from "./open-channel.ts";
import type { Action } from "./state.ts";

/** What is told: a choice of the person's that the service tells nobody of. */
type Told = Extract<Action, { type: "muted" }>;

/** The other pages of one person in one browser. */
export class OtherPages {
  readonly #channel: BroadcastChannel | undefined;

  /** @param person the same for all of that person's, and for nobody else's */
  constructor(person: string, hear: (action: Told) => void) {
    this.#channel = openChannel(person);
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }: MessageEvent<Told>) => {
      // Another page may be of another release.
      if (data.type === "muted") hear(data);
    };
    // In Node it would keep a script from ending.
    (this.#channel as { unref?: () => void }).unref?.();
  }

  tell(action: Told): void {
    this.#channel?.postMessage(action);
  }

  close(): void {
    this.#channel?.close();
  }
}
