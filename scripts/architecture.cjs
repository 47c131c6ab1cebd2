// Who may import whom: the architecture as a table. Each message says where the code belongs instead.
const not = (...folders) => `^(?!${folders.join("|")})`;
const tests = "\\.test(-d)?\\.tsx?$|^server/testing/|^e2e/|^bench/";

/** folder → what it may not import, and why. */
const forbidden = [
  {
    name: "no-cycles",
    comment: "Two files that need each other are one file, or miss a third.",
    severity: "error",
    from: { pathNot: tests },
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "pages-call-operations",
    comment:
      "Pages and components speak to the service over tRPC or REST: values of server/ would be second instances in Next.",
    severity: "error",
    from: { path: "^(app|components|client)/", pathNot: tests },
    to: { path: "^(server|prisma)/", dependencyTypesNot: ["type-only"], pathNot: "^server/auth/session" },
  },
  {
    name: "components-know-no-page",
    comment: "A page hands a component what it shows; how a page asks for it is in app/.",
    severity: "error",
    from: { path: "^components/", pathNot: tests },
    to: { path: "^app/" },
  },
  {
    name: "ui-is-domain-free",
    comment:
      "components/ui knows no chat and no tenant. How a channel between tabs is opened is of the browser, and in one place.",
    severity: "error",
    from: { path: "^components/ui/" },
    to: { path: "^components/(?!ui/)|^(app|client|server)/", pathNot: "^client/open-channel\\.ts$" },
  },
  {
    name: "transports-hold-no-logic",
    comment:
      "A transport projects operations: what it needs of the product is an operation, what it needs of sockets is in realtime/.",
    severity: "error",
    from: { path: "^server/transport/", pathNot: tests },
    to: {
      path: "^server/(domain/.+/(store|policy)|log/store|realtime/store|persistence/(?!generated))",
      dependencyTypesNot: ["type-only"],
    },
  },
  {
    name: "transports-are-strangers",
    comment: "What two transports share belongs into execute, events or realtime.",
    severity: "error",
    from: { path: "^server/transport/([^/]+)/", pathNot: tests },
    to: { path: "^server/transport/([^/]+)/", pathNot: "^server/transport/$1/" },
  },
  {
    name: "realtime-knows-no-protocol",
    comment: "realtime/ and log/ carry; transports say.",
    severity: "error",
    from: { path: "^server/(realtime|log)/", pathNot: tests },
    to: { path: "^server/(transport|execute|operations)" },
  },
  {
    name: "domain-is-inside",
    comment: "Operations reach sockets through services.live, and no transport at all.",
    severity: "error",
    from: { path: "^server/domain/", pathNot: tests },
    to: {
      path: "^server/(transport|realtime|execute|operations\\.ts|api|main|web|worker)|^node_modules/(next|fastify|ws)/",
    },
  },
  {
    name: "nouns-share-little",
    comment: "Of another noun only schema, policy, presenter, its stores and what is named here are public.",
    severity: "error",
    from: { path: "^server/domain/([^/]+)/", pathNot: tests },
    to: {
      path: "^server/domain/([^/]+)/",
      pathNot:
        "^server/domain/$1/|/(schema|policy|store|lane-store|due-store|presenter|mark-position|make-tenant|sign-user-token|make-link|hash-password|find-rulings|local-clock)\\.ts$",
    },
  },
  {
    name: "stores-know-no-operations",
    comment: "A store takes a tenant and plain values.",
    severity: "error",
    from: { path: "[/-]store\\.ts$" },
    to: { path: "^server/(operation|operations|execute|transport|realtime/(?!store))" },
  },
  {
    name: "database-behind-stores",
    comment:
      "Only persistence and the bus know the packages that speak to Postgres; who asks is given a pool or a client.",
    severity: "error",
    from: {
      path: "^server/",
      pathNot: `${tests}|^server/(persistence|log/bus)/`,
    },
    to: { path: "^node_modules/(pg|@prisma)/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "mails-are-leaves",
    comment: "Mails are props in, markup out.",
    severity: "error",
    from: { path: "^emails/" },
    to: { path: "^(server|app)/" },
  },
  {
    name: "tests-stay-outside",
    comment: "The product does not import its tests.",
    severity: "error",
    from: { path: not("server/testing/", "e2e/", "bench/", "scripts/"), pathNot: tests },
    to: { path: "^server/testing/" },
  },
  {
    name: "no-unknown-modules",
    comment: "Everything imported is in package.json or in the tree.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true, pathNot: "^server/persistence/generated" },
  },
];

module.exports = {
  forbidden,
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^server/persistence/generated/|^client/dist/" },
    tsPreCompilationDeps: "specify",
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json", ".css"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
