/**
 * The browser asks before it closes or loads what would lose something. Only while there is something to lose: a page that listens to it
 * is not kept for the way back by some browsers.
 */
export class LeaveQuestion {
  readonly #ask = (event: Event) => event.preventDefault();

  askWhile(loses: boolean): void {
    if (loses) window.addEventListener("beforeunload", this.#ask);
    else window.removeEventListener("beforeunload", this.#ask);
  }
}
