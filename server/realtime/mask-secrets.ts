const name = "(?:[\\w-]{0,40}(?:secret|password|passphrase|token|api[_-]?key)|authorization|auth|bearer)";
/**
 * A field of JSON, also of JSON inside a text of JSON: quotes may have backslashes before them, a run of which is looked at once. What it
 * says ends at the next quote with as many backslashes as the first: others are of what it says, as many clients write a plus as \u002B.
 */
const field = new RegExp(String.raw`((?<!\\)\\*"${name}\\*"\s*:\s*(\\*)")(?:[^"\\]+|(?!\2")\\+"?)*`, "gi");
/** JSON Web Tokens, and the keys that we hand out, wherever they stand. */
const token = /\beyJ[\w-]{6,}(?:\.[\w-]*){0,2}|\b(?:parley|whsec)_[\w.-]{12,}/g;
/** What stands in the links that people come in by, and in those of mails: whoever has one needs nothing else. */
const link = /(\/(?:invite|u)\/|[?&](?:link|token|claim)=)[\w.-]{12,}/g;

/** A text without what is a credential. */
export function maskSecrets(text: string): string {
  return text.replace(field, "$1•••").replace(token, "•••").replace(link, "$1•••");
}
