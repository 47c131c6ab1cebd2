// What an error of Postgres means for whoever waits for an answer. Prisma hides the SQLSTATE behind codes of its own.

const lossCodes = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"],
  // Where a server's name goes with its container, or its network with its machine.
  ...["ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"],
  ...["57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006"],
  ...["P1001", "P1008", "P1017", "P2024", "P2028", "P2037"],
  ...["ConnectionClosed", "DatabaseNotReachable", "SocketTimeout"],
]);
const lossText =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after/;

/** True when an error says that the database could not be reached or dropped us (SQLSTATE classes 08, 57P, 53300; socket errors). */
export function isConnectionLoss(error: unknown): boolean {
  return codesOf(error).some((code) => lossCodes.has(code)) || (error instanceof Error && lossText.test(error.message));
}

const shortages = new Set(["57014", "55P03", "25006"]);

/**
 * The server gave up on a statement for its own reasons (time, locks, disk, memory), or takes no changes: nothing is stored, and no input
 * is guilty.
 */
export function isShortage(error: unknown): boolean {
  return codesOf(error).some((code) => shortages.has(code) || /^(53|58)\w{3}$/.test(code));
}

/** The statement met others in the wrong order (SQLSTATE 40P01, Prisma's P2034): nothing is stored, and repeating it is right. */
export function isDeadlock(error: unknown): boolean {
  return codesOf(error).some((code) => code === "40P01" || code === "P2034");
}

/** The server takes no changes from anybody (SQLSTATE 25006): it is a standby, or not yet a primary after a failover. */
export function isReadOnly(error: unknown): boolean {
  return codesOf(error).includes("25006");
}

interface Coded {
  code?: unknown;
  /** Of a commit that failed in Prisma, which does not translate it. */
  cause?: DriverFault;
  meta?: { driverAdapterError?: { cause?: DriverFault } };
}

interface DriverFault {
  originalCode?: unknown;
  kind?: unknown;
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code, cause, meta } = error as Error & Coded;
  const driver = meta?.driverAdapterError?.cause;
  const codes = [code, cause?.originalCode, cause?.kind, driver?.originalCode, driver?.kind];
  return codes.filter((each) => typeof each === "string");
}
