const PATIENCE_MS = 2_000;

/**
 * Whether the service would show demo people, so that a browser does not ask for what it cannot get. Without an answer true: the
 * browser then finds out by itself.
 */
export async function isDemoOffered(): Promise<boolean> {
  // The web role is told where the API is when it starts.
  const api = process.env.PARLEY_API_URL;
  if (!api) return true;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const { status } = await fetch(`${api}/tenant/demo/v1/demo`, { cache: "no-store", signal });
    return ![401, 403, 404].includes(status);
  } catch (error) {
    console.warn("The API did not say whether there is a demo.", error);
    return true;
  }
}
