import { DomainError } from "../../errors.ts";
import { Gate } from "../../gate.ts";
import type { StandAside } from "../../operation.ts";

const atOnce = 10;
/** In characters of JSON. The last ones to begin may go beyond it: what was done is never answered as if it was not. */
const answersSize = 16 * 1024 * 1024;

/** The calls of one HTTP request, whose answers are all held until the last is there: a few run at once, and none once the answers are large. */
export class Batch {
  private readonly gate = new Gate(atOnce);
  private left = answersSize;

  /** Throws `too_large` instead of running it, or of going on where it has stood aside. */
  async run<T>(call: (standAside: StandAside) => Promise<T>): Promise<T> {
    let leave = await this.enter();
    try {
      const answer = await call(async (wait) => {
        leave();
        const found = await wait();
        leave = await this.enter();
        return found;
      });
      this.left -= JSON.stringify(answer)?.length ?? 0;
      return answer;
    } finally {
      leave();
    }
  }

  private async enter(): Promise<() => void> {
    const leave = await this.gate.enter();
    if (this.left > 0) return leave;
    leave();
    throw new DomainError("too_large", {
      detail: "The answers of this batch are too large together; nothing was done. Ask in another one",
    });
  }
}
