import { addMembers } from "./add-members.ts";
import { listMembers } from "./list-members.ts";
import { listPeople } from "./list-people.ts";
import { addChatMembers, listChatMembers, removeChatMember, updateChatMember } from "./moderate-members.ts";
import { removeMember } from "./remove-member.ts";
import { updateMember } from "./update-member.ts";

export const memberOperations = {
  list: listMembers,
  listPeople,
  add: addMembers,
  remove: removeMember,
  update: updateMember,
};

/** Of whoever runs the tenant, in any chat of it. */
export const tenantMemberOperations = {
  listMembers: listChatMembers,
  addMembers: addChatMembers,
  removeMember: removeChatMember,
  updateMember: updateChatMember,
};
