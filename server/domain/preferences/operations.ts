import { getLinkPreferences } from "./get-link-preferences.ts";
import { getPreferences } from "./get-preferences.ts";
import { putLinkPreferences } from "./put-link-preferences.ts";
import { putPreferences } from "./put-preferences.ts";
import { resubscribeLink } from "./resubscribe-link.ts";
import { unsubscribeLink } from "./unsubscribe-link.ts";

export const preferenceOperations = {
  get: getPreferences,
  put: putPreferences,
  getByLink: getLinkPreferences,
  putByLink: putLinkPreferences,
  unsubscribe: unsubscribeLink,
  resubscribe: resubscribeLink,
};
