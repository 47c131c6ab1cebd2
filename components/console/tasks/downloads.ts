import { useSyncExternalStore } from "react";
import { LeaveQuestion } from "../leave-question.ts";
import { type Client, saveTaskFile } from "./download.ts";

interface Running {
  /** Of the whole file, 0 to 1. */
  share: number;
  stop: AbortController;
}

/** What is being downloaded, whatever page is shown meanwhile. */
class Downloads {
  readonly #running = new Map<string, Running>();
  readonly #listeners = new Set<() => void>();
  readonly #question = new LeaveQuestion();

  shareOf(taskId: string): number | undefined {
    return this.#running.get(taskId)?.share;
  }

  async start(client: Client, taskId: string): Promise<"saved" | "stopped"> {
    const stop = new AbortController();
    const tell = (share: number) => this.#set(taskId, { share, stop });
    tell(0);
    try {
      return await saveTaskFile(client, taskId, { signal: stop.signal, onPart: tell });
    } finally {
      // It may have been stopped and begun again.
      if (this.#running.get(taskId)?.stop === stop) this.#set(taskId, undefined);
    }
  }

  stop(taskId: string): void {
    this.#running.get(taskId)?.stop.abort();
    this.#set(taskId, undefined);
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(taskId: string, running: Running | undefined): void {
    if (running) this.#running.set(taskId, running);
    else this.#running.delete(taskId);
    this.#question.askWhile(this.#running.size > 0);
    for (const listener of this.#listeners) listener();
  }
}

export const downloads = new Downloads();

/** How much of a file has come, 0 to 1; undefined while it is not downloaded. */
export function useDownload(taskId: string): number | undefined {
  return useSyncExternalStore(
    downloads.listen,
    () => downloads.shareOf(taskId),
    () => undefined,
  );
}
