/** Of `parley_acme_…a91c` what tells keys of one tenant apart: `…a91c`. */
export function endOfHint(hint: string): string {
  return hint.slice(Math.max(0, hint.lastIndexOf("…")));
}
