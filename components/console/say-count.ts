/** "1 message", "5,000 messages"; the same on the server and in the browser. */
export function sayCount(count: number, of: string): string {
  return `${count.toLocaleString("en")} ${of}${count === 1 ? "" : "s"}`;
}
