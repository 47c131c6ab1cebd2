/** What a command says on stdout: text for people, or a line of JSON for programs. */
export class Output {
  readonly form: "text" | "json";

  constructor(form: "text" | "json") {
    this.form = form;
  }

  /** Says one thing, in the form that is wanted. */
  say(thing: object, text: string): void {
    process.stdout.write(`${this.form === "json" ? JSON.stringify(thing) : clean(text)}\n`);
  }
}

/** What others have written must not steer somebody's terminal. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ");
}
