import { UsageError } from "./arguments.ts";

/** A protocol's stock client, which only those need who use the protocol. Throws UsageError with the command that brings it. */
export async function need<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new UsageError(`This protocol's client is not installed: npm install ${name}`);
  }
}
