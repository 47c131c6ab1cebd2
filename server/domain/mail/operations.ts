import { getCaughtMail } from "./get-caught-mail.ts";
import { getMailSettings } from "./get-mail-settings.ts";
import { listCaughtMails } from "./list-caught-mails.ts";
import { sendTestMail } from "./send-test-mail.ts";
import { takePostmarkEvent } from "./take-postmark-event.ts";
import { takeSesEvent } from "./take-ses-event.ts";
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
