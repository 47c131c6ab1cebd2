import { acceptInvitation, acceptOwnInvitation } from "./accept-invitation.ts";
import { getInvitation } from "./get-invitation.ts";
import { inviteOperator } from "./invite-operator.ts";
import { leaveTenant } from "./leave-tenant.ts";
import { listInvitations } from "./list-invitations.ts";
import { listOperators } from "./list-operators.ts";
import { removeOperator } from "./remove-operator.ts";
import { revokeInvitation } from "./revoke-invitation.ts";
import { transferOwnership } from "./transfer-ownership.ts";
import { updateOperator } from "./update-operator.ts";

export const operatorOperations = {
  list: listOperators,
  update: updateOperator,
  remove: removeOperator,
  transferOwnership,
  invite: inviteOperator,
  listInvitations,
  revokeInvitation,
};

/** What an invited person does, signed in or not. */
export const invitedOperations = {
  people: { getInvitation, acceptInvitation },
  account: { leaveTenant, acceptInvitation: acceptOwnInvitation },
};
