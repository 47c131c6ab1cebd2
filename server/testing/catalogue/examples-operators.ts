import type { Example } from "./examples.ts";

const byAdmin: Example["callers"] = {
  visitor: "unauthenticated",
  member: "forbidden",
  outsider: "forbidden",
  admin: "ok",
  key: "ok",
  keyAsMember: "ok",
  installation: "forbidden",
};
/** The owner in person: who holds a key is none. */
const byOwner: Example["callers"] = { ...byAdmin, admin: "forbidden", key: "forbidden", keyAsMember: "forbidden" };

/** At no tenant's address: a tenant's credential is none there. */
const byNobodyHere: Example["callers"] = {
  visitor: "unauthenticated",
  member: "unauthenticated",
  outsider: "unauthenticated",
  admin: "unauthenticated",
  key: "unauthenticated",
  keyAsMember: "unauthenticated",
  installation: "forbidden",
};
const byVisitor: Example["callers"] = { ...byNobodyHere, visitor: "ok" };
const onHub: Example["onHub"] = {
  member: "not_found",
  outsider: "not_found",
  admin: "not_found",
  keyAsMember: "not_found",
};

/** A call of somebody who is signed in to the console, or of the sign-in page; both have tests of their own. */
function root(input: Example["input"], foreign: Example["foreign"] = {}): Example {
  return { input, callers: byNobodyHere, onHub, changes: [], foreign };
}

function open(input: Example["input"]): Example {
  return { input, callers: byVisitor, onHub, changes: [], foreign: {} };
}

const password = "correct horse battery";
const noInput = () => ({});
const forAdminsOnly: Example["operators"] = { support: "forbidden", "read-only": "forbidden" };

/** They have no password to say, and no link. */
const forNobody: Example["operators"] = { owner: "forbidden", admin: "forbidden", ...forAdminsOnly };

const ofChat: Example["input"] = ({ ids }) => ({ chatId: ids.chatId });
const foreignChat = { chatId: "not_found" } as const;
const logged = ["events", "tenant_log", "chat_heads"];
const membership = [...logged, "members", "membership_spans"];
const byNobodyInstallation: Example["callers"] = { ...byNobodyHere, installation: "ok" };
const noOperator: Example["operators"] = {
  owner: "forbidden",
  admin: "forbidden",
  support: "forbidden",
  "read-only": "forbidden",
};

function admin(input: Example["input"], changes: string[] = [], foreign: Example["foreign"] = {}): Example {
  return { input, callers: byAdmin, changes, foreign };
}

export const operatorExamples = {
  "audit.list": { ...admin(noInput), foreign: {}, operators: { support: "forbidden" } },
  "audit.export": { ...admin(() => ({ operation: "nothing.such" })), operators: { support: "forbidden" } },
  "adminChats.list": admin(() => ({ search: "Crew", member: "ada" })),
  "adminChats.get": admin(ofChat, [], foreignChat),
  "adminChats.create": admin(() => ({ name: "Pier 4", memberUserIds: ["ada", "ben"] }), ["chats", ...membership]),
  "adminChats.update": admin((side) => ({ ...ofChat(side), name: "Crew of 3" }), ["chats", ...logged], foreignChat),
  "adminChats.delete": admin((side) => ({ ...ofChat(side), name: "Crew" }), ["chats", ...membership], foreignChat),
  "adminChats.listMembers": admin(ofChat, [], foreignChat),
  "adminChats.addMembers": admin((side) => ({ ...ofChat(side), userIds: ["eve"] }), membership, foreignChat),
  "adminChats.removeMember": admin((side) => ({ ...ofChat(side), userId: "ben" }), membership, foreignChat),
  "adminChats.updateMember": admin(
    (side) => ({ ...ofChat(side), userId: "ben", mutedUntil: "2040-01-31T09:00:00Z" }),
    [...logged, "members"],
    foreignChat,
  ),
  "adminChats.listMessages": admin(ofChat, [], foreignChat),
  "adminChats.deleteMessage": admin(
    (side) => ({ ...ofChat(side), messageId: side.ids.messageId }),
    [...logged, "messages", "message_edits"],
    { ...foreignChat, messageId: "not_found" },
  ),
  "users.actAs": { ...admin(() => ({ userId: "ada" })), operators: forAdminsOnly },
  "tenants.delete": {
    input: ({ tenantId }) => ({ name: `Not ${tenantId}` }),
    callers: byOwner,
    changes: ["tenants"],
    foreign: {},
    operators: { admin: "forbidden", ...forAdminsOnly },
  },
  "tenants.restore": {
    input: noInput,
    callers: byOwner,
    changes: ["tenants"],
    foreign: {},
    operators: { admin: "forbidden", ...forAdminsOnly },
  },
  "installation.listTenants": {
    input: () => ({ search: "nothing of the name" }),
    callers: byNobodyInstallation,
    onHub,
    changes: [],
    foreign: {},
    operators: noOperator,
  },
  "installation.updateTenant": {
    input: ({ tenantId }) => ({ tenant: tenantId, suspended: false }),
    callers: byNobodyInstallation,
    onHub,
    changes: [],
    foreign: {},
    operators: noOperator,
  },
  "account.get": root(noInput),
  "account.update": root(() => ({ name: "Olga" })),
  "account.changePassword": root(() => ({ current: password, password: `${password} staple` })),
  "account.reauthenticate": { ...root(() => ({ password })), operators: forNobody },
  "account.signOut": root(noInput),
  "account.listSessions": root(noInput),
  "account.revokeSession": root(({ ids }) => ({ sessionId: ids.personId }), { sessionId: "unauthenticated" }),
  "account.startTotp": root(noInput),
  "account.confirmTotp": root(() => ({ code: "123456" })),
  "account.disableTotp": root(() => ({ code: "123456" })),
  "account.createTenant": root(({ tenantId }) => ({ id: `${tenantId}-own`, name: "Own" })),
  "account.leaveTenant": root(({ tenantId }) => ({ tenant: `${tenantId}-no` })),
  "account.acceptInvitation": root(({ tenantId }) => ({ token: `${tenantId}.x` })),
  "people.getSignUp": open(() => ({ claim: "x" })),
  "people.signUp": open(({ tenantId }) => ({
    password,
    email: `${tenantId}@new.example`,
    tenant: `${tenantId}-fresh`,
    tenantName: "Fresh",
  })),
  "people.requestSignInLink": open(({ tenantId }) => ({ email: `${tenantId}@links.example` })),
  "people.requestPasswordReset": open(({ tenantId }) => ({ email: `${tenantId}@resets.example` })),
  "people.resetPassword": {
    ...open(() => ({ token: "over", password })),
    callers: { ...byVisitor, visitor: "forbidden" },
    operators: forNobody,
  },
  "people.getInvitation": {
    ...open(({ tenantId }) => ({ token: `${tenantId}.over` })),
    callers: { ...byVisitor, visitor: "not_found" },
  },
  "people.acceptInvitation": {
    ...open(({ tenantId }) => ({ token: `${tenantId}.over`, password })),
    callers: { ...byVisitor, visitor: "not_found" },
  },
  "sessions.open": root(() => ({ email: "new@operators.example", password })),
  "sessions.openByLink": root(() => ({ token: "over" })),
  "sessions.openByProvider": root(() => ({ email: "new@operators.example", emailVerified: false })),
  "operators.list": {
    input: noInput,
    callers: byAdmin,
    changes: [],
    foreign: {},
    operators: { support: "forbidden" },
  },
  "operators.update": {
    input: ({ ids }) => ({ personId: ids.personId, role: "read-only" }),
    callers: byAdmin,
    changes: ["operators"],
    foreign: { personId: "not_found" },
    operators: forAdminsOnly,
  },
  "operators.remove": {
    input: ({ ids }) => ({ personId: ids.personId }),
    callers: byAdmin,
    changes: ["operators"],
    foreign: { personId: "not_found" },
    operators: forAdminsOnly,
  },
  "operators.transferOwnership": {
    input: ({ ids }) => ({ personId: ids.personId }),
    callers: byOwner,
    changes: ["operators"],
    foreign: { personId: "unauthenticated" },
    operators: { admin: "forbidden", ...forAdminsOnly },
  },
  "operators.invite": {
    input: () => ({ email: "new@operators.example", role: "admin" }),
    callers: byAdmin,
    changes: ["operator_invitations"],
    foreign: {},
    operators: forAdminsOnly,
  },
  "operators.listInvitations": {
    input: noInput,
    callers: byAdmin,
    changes: [],
    foreign: {},
    operators: { support: "forbidden" },
  },
  "operators.revokeInvitation": {
    input: ({ ids }) => ({ invitationId: ids.invitationId }),
    callers: byAdmin,
    changes: ["operator_invitations"],
    foreign: { invitationId: "not_found" },
    operators: forAdminsOnly,
  },
} satisfies Record<string, Example>;
