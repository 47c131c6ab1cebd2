import { startProduct } from "./product.ts";

/**
 * One product for all journeys; what is returned stops it. PARLEY_E2E_URL names one that already runs, PARLEY_E2E_HOME the
 * folder that holds its `.data`.
 */
export default async function globalSetup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.PARLEY_E2E_URL) return undefined;
  const { url, home, stop } = await startProduct({ ALLOW_PRIVATE_NETWORKS: "true" }); // journeys have backends of their own
  process.env.PARLEY_E2E_URL = url;
  process.env.PARLEY_E2E_HOME = home;
  return stop;
}
