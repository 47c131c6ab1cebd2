/** A program with a reader's own address and tenant in place of what it takes when nothing is set. */
export function fillIn(source: string, { url, tenantId }: { url: string; tenantId: string }): string {
  return source
    .replaceAll("http://localhost:3000", url)
    .replaceAll(/(PARLEY_TENANT\W{1,8})demo\b/g, (_text, before: string) => `${before}${tenantId}`);
}
