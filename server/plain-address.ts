/** An address as routes know it: `v1` for `v1.0`, and one slash in front, also where a base address that ends in one was put before it. */
export function plainAddress(url: string): string {
  return url.replace(/^\/{2,}/, "/").replace(/^(\/tenant\/[^/]+)\/v1\.0(?=\/|\?|$)/i, "$1/v1");
}
