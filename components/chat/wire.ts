import type { SeenCall } from "../../client/api.ts";
import type { DemoUser, LiveEvent, Message } from "../../client/types.ts";

export interface WireLine {
  id: number;
  who: string;
  /** Out is a call to the REST API, in an event of the log. */
  direction: "out" | "in";
  what: string;
  detail: string;
}

const KEPT = 40;
const NOTHING: readonly WireLine[] = [];

/** What the two pages said and heard, newest first: the page shows that nothing is staged. */
export class Wire {
  readonly #listeners = new Set<() => void>();
  #lines = NOTHING;
  #count = 0;

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  getLines = () => this.#lines;

  sawCall({ displayName }: DemoUser, { method, path, status, ms }: SeenCall): void {
    this.#add({
      who: displayName,
      direction: "out",
      what: `${method} ${path}`,
      detail: `${status} · ${Math.round(ms)} ms`,
    });
  }

  sawEvent({ displayName }: DemoUser, event: LiveEvent): void {
    this.#add({ who: displayName, direction: "in", what: nameOf(event), detail: ageOf(event) });
  }

  #add(line: Omit<WireLine, "id">): void {
    this.#lines = [{ id: ++this.#count, ...line }, ...this.#lines].slice(0, KEPT);
    for (const listener of this.#listeners) listener();
  }
}

function nameOf({ type, seq }: LiveEvent): string {
  return seq === undefined ? type : `${type} #${seq}`;
}

/** Browser and service share a clock on the demo's own machine, so the age is the way from commit to page. */
function ageOf({ type, data }: LiveEvent): string {
  if (type !== "message.created") return "";
  const age = Date.now() - Date.parse((data as unknown as Message).createdAt);
  return age >= 0 && age < 1_000 ? `${age} ms after commit` : "";
}
