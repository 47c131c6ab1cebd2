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
  member: "forbidden",
  outsider: "forbidden",
  admin: "forbidden",
  keyAsMember: "forbidden",
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

export const operatorExamples = {
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
