/** A question that several may wait for at once: there is one dialog, and its answer is everybody's. */
export class Question {
  private waiting: ((answered: boolean) => void)[] = [];

  /** True when it was answered, false when it was given up. */
  ask(): Promise<boolean> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  settle(answered: boolean): void {
    for (const resolve of this.waiting.splice(0)) resolve(answered);
  }
}
