import { changePassword } from "./change-password.ts";
import { closeSession } from "./close-session.ts";
import { confirmTotp } from "./confirm-totp.ts";
import { createAccountTenant } from "./create-account-tenant.ts";
import { disableTotp } from "./disable-totp.ts";
import { getAccount } from "./get-account.ts";
import { getSignUp } from "./get-sign-up.ts";
import { listSessions } from "./list-sessions.ts";
import { openSession } from "./open-session.ts";
import { openSessionByLink } from "./open-session-by-link.ts";
import { openSessionByProvider } from "./open-session-by-provider.ts";
import { reauthenticateAccount } from "./reauthenticate-account.ts";
import { requestPasswordReset, requestSignInLink } from "./request-link.ts";
import { resetPassword } from "./reset-password.ts";
import { revokeSession } from "./revoke-session.ts";
import { signUp } from "./sign-up-person.ts";
import { startTotp } from "./start-totp.ts";
import { updateAccount } from "./update-account.ts";

/** Of whoever is signed in to the console. */
export const accountOperations = {
  get: getAccount,
  update: updateAccount,
  changePassword,
  reauthenticate: reauthenticateAccount,
  signOut: closeSession,
  listSessions,
  revokeSession,
  startTotp,
  confirmTotp,
  disableTotp,
  createTenant: createAccountTenant,
};

/** Of whoever is not, yet. */
export const peopleOperations = { getSignUp, signUp, requestSignInLink, requestPasswordReset, resetPassword };

/** What the sign-in page asks on behalf of a browser. */
export const sessionOperations = {
  open: openSession,
  openByLink: openSessionByLink,
  openByProvider: openSessionByProvider,
};
