/**
 * Why the service cannot start, in one line that says what to do. `main` prints the line alone: a stack trace would not help
 * whoever reads it. Everything else that throws during a start is a bug and is printed whole.
 */
export class StartError extends Error {
  override name = "StartError";
}

const FILE_FAULTS: Record<string, string> = {
  EACCES: "this user may not use it",
  EPERM: "this user may not use it",
  EROFS: "it is on a read-only disk",
  ENOSPC: "no space is left on its disk",
  EDQUOT: "its disk quota is used up",
  ENOTDIR: "a part of that path is a file, not a folder",
  EMFILE: "this process has too many files open (ulimit -n)",
  ENFILE: "this machine has too many files open",
  EEXIST: "a file of that name is in the way",
};

/** Turns what a file operation threw into a line about `subject`; anything else is returned as it is. */
export function explainFileFault(error: unknown, subject: string): unknown {
  const fault = FILE_FAULTS[(error as NodeJS.ErrnoException).code ?? ""];
  return fault ? new StartError(`${subject} cannot be used: ${fault}.`) : error;
}
