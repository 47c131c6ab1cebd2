/** A text as the value of a header: fetch takes its letters as bytes, and Parley reads those as UTF-8. */
export function toHeaderText(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
