import { hash, verify } from "@node-rs/argon2";

/** Argon2id with the library's parameters (19 MiB, 2 passes), those of OWASP's password storage cheat sheet. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

let nobodys: Promise<string> | undefined;

/** Takes as long for whoever has no password, or is not there, as for whoever has: the time tells nobody who is. */
export async function checkPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  if (stored) return verify(stored, password);
  nobodys ??= hashPassword("nobody's");
  await verify(await nobodys, password);
  return false;
}
