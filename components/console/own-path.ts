/** Where one is taken who wanted to go nowhere else. */
const START = "/t";

/** Where to go after signing in: a path of our own, whatever stands in the address. */
export function ownPath(next: string | string[] | undefined, otherwise = START): string {
  const path = Array.isArray(next) ? next[0] : next;
  return path && isOwnPath(path) ? path : otherwise;
}

/** A page beside the sign-in, which knows where one wanted to go, and leads back with it. */
export function withNext(page: string, next: string): string {
  return next === START ? page : `${page}?${new URLSearchParams({ next })}`;
}

/** What a mailed link is asked to lead on to; nothing where that is the start, or too long for a mail. */
export function nextOf(next: string): { next?: string } {
  return next === START || next.length > 1000 ? {} : { next };
}

/** Read as a browser reads it, which drops tabs and line breaks and takes a backslash for a slash: `/\t/elsewhere` is another host's. */
function isOwnPath(path: string): boolean {
  const here = "http://here.invalid";
  return path.startsWith("/") && URL.canParse(path, here) && new URL(path, here).origin === here;
}
