import { askApi } from "../ask-api.ts";

/**
 * Whether the service would show demo people, so that a browser does not ask for what it cannot get. Without an answer true: the
 * browser then finds out by itself.
 */
export async function isDemoOffered(): Promise<boolean> {
  try {
    const { status } = await askApi("/tenant/demo/v1/demo", { patienceMs: 2000 });
    return ![401, 403, 404].includes(status);
  } catch (error) {
    console.warn("The API did not say whether there is a demo.", error);
    return true;
  }
}
