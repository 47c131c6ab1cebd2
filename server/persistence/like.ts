/** A text as `like` and `ilike` take it for itself: Prisma escapes nothing of what it is to find. */
export function literally(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}
