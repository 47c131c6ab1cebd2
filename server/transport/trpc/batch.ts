import { DomainError } from "../../errors.ts";
import { Gate } from "../../gate.ts";

const atOnce = 10;
/** In characters of JSON. The last ones to begin may go beyond it: what was done is never answered as if it was not. */
const answersSize = 16 * 1024 * 1024;

/** The calls of one HTTP request, whose answers are all held until the last is there: a few run at once, and none once the answers are large. */
export class Batch {
  private readonly gate = new Gate(atOnce);
  private left = answersSize;

  /** Throws `too_large` instead of running it. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const leave = await this.gate.enter();
    try {
      if (this.left <= 0)
        throw new DomainError("too_large", {
          detail: "The answers of this batch are too large together; nothing was done. Ask in another one",
        });
      const answer = await call();
      this.left -= JSON.stringify(answer)?.length ?? 0;
      return answer;
    } finally {
      leave();
    }
  }
}
