/**
 * An address as routes know it: `v1` for `v1.0`, and one slash for those that a base address ending in one has doubled. Behind that every
 * slash counts: `/Users//preferences` names nobody, and must not be the user called "preferences".
 */
export function plainAddress(url: string): string {
  return url
    .replace(/^\/{2,}/, "/")
    .replace(
      /^\/(tenant)\/+([^/?]+)\/+v1(?:\.0)?(?:(\/)\/*|(?=\?|$))/i,
      (_, word, tenant, slash = "") => `/${word}/${tenant}/v1${slash}`,
    );
}
