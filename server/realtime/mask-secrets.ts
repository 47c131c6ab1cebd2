const name =
  "(?:access_?token|token|id_token|refresh_token|bearer|authorization|x-api-key|api_?key|auth|shared_secret|secret|password|passphrase)";
/** A field of JSON, also of JSON inside a text of JSON: quotes may have backslashes before them, a run of which is looked at once. */
const field = new RegExp(String.raw`((?<!\\)\\*"${name}\\*"\s*:\s*\\*")[^"\\]*`, "gi");
/** JSON Web Tokens, and the keys that we hand out, wherever they stand. */
const token = /\beyJ[\w-]{6,}(?:\.[\w-]*){0,2}|\b(?:parley|whsec)_[\w.-]{12,}/g;

/** A text without what is a credential. */
export function maskSecrets(text: string): string {
  return text.replace(field, "$1•••").replace(token, "•••");
}
