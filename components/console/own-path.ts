/** Where to go after signing in: a path of our own, whatever stands in the address. */
export function ownPath(next: string | string[] | undefined, otherwise = "/t"): string {
  const path = Array.isArray(next) ? next[0] : next;
  return path && /^\/(?![/\\])/.test(path) ? path : otherwise;
}
