import { addMembers } from "./add-members.ts";
import { listMembers } from "./list-members.ts";
import { removeMember } from "./remove-member.ts";
import { updateMember } from "./update-member.ts";

export const memberOperations = { list: listMembers, add: addMembers, remove: removeMember, update: updateMember };
