/** Whether somebody has typed a name as it is drawn: a page draws any run of blanks and line breaks as one blank, and no box takes a break. */
export function isTyped(text: string, name: string): boolean {
  return asDrawn(text) === asDrawn(name);
}

/** A name with its blanks as a page draws them; "" where nothing of it is seen. */
export function asDrawn(name: string): string {
  return name.replace(/\s+/g, " ").trim();
}

/** A text as a box of one line holds it: without its line breaks. */
export function asInBox(text: string): string {
  return text.replace(/[\r\n]/g, "").trim();
}
