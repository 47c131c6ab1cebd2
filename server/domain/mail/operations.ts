import { getCaughtMail } from "./get-caught-mail.ts";
import { getMailSettings } from "./get-mail-settings.ts";
import { listCaughtMails } from "./list-caught-mails.ts";
import { sendTestMail } from "./send-test-mail.ts";
import { takePostmarkEvent } from "./take-postmark-event.ts";
import { takeSesEvent } from "./take-ses-event.ts";
import { takeSharedPostmarkEvent } from "./take-shared-postmark-event.ts";
import { takeSharedSesEvent } from "./take-shared-ses-event.ts";
import { updateMailSettings } from "./update-mail-settings.ts";

export const mailOperations = {
  getSettings: getMailSettings,
  updateSettings: updateMailSettings,
  sendTest: sendTestMail,
  listCaught: listCaughtMails,
  getCaught: getCaughtMail,
  takeSesEvent,
  takePostmarkEvent,
};

/** Of the mail server that all tenants share, at no tenant's address. */
export const sharedMailOperations = { takeSesEvent: takeSharedSesEvent, takePostmarkEvent: takeSharedPostmarkEvent };
