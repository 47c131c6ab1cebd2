/** Where to go after signing in: a path of our own, whatever stands in the address. */
export function ownPath(next: string | string[] | undefined, otherwise = "/t"): string {
  const path = Array.isArray(next) ? next[0] : next;
  return path && isOwnPath(path) ? path : otherwise;
}

/** Read as a browser reads it, which drops tabs and line breaks and takes a backslash for a slash: `/\t/elsewhere` is another host's. */
function isOwnPath(path: string): boolean {
  const here = "http://here.invalid";
  return path.startsWith("/") && URL.canParse(path, here) && new URL(path, here).origin === here;
}
