import { randomBytes } from "node:crypto";
import { generateSecret, generateURI, verify } from "otplib";
import { decryptSecret, deriveKey, encryptSecret } from "../../config/secrets.ts";
import type { Person } from "../../persistence/generated/client.ts";
import { hashLink } from "./make-link.ts";

/** Clocks of phones are off by some seconds: the codes before and after are good too. */
const toleranceSeconds = 30;

export interface TotpSecret {
  secret: string;
  /** What the QR code says. */
  uri: string;
  /** What is stored. */
  stored: string;
}

export function makeTotpSecret(authSecret: string, { id, email }: Pick<Person, "id" | "email">): TotpSecret {
  const secret = generateSecret();
  const stored = encryptSecret(deriveKey(authSecret, "totp"), secret, id);
  return { secret, uri: generateURI({ issuer: "Parley", label: email, secret }), stored };
}

/** The time step of a good code, which is good once; undefined for any other. */
export async function stepOfCode(
  authSecret: string,
  { id, totpSecret, totpLastStep }: Pick<Person, "id" | "totpSecret" | "totpLastStep">,
  code: string,
): Promise<number | undefined> {
  const token = code.replace(/\s/g, "");
  if (!totpSecret || !/^\d{6}$/.test(token)) return undefined;
  const secret = decryptSecret(deriveKey(authSecret, "totp"), totpSecret, id);
  const result = await verify({ secret, token, epochTolerance: toleranceSeconds });
  return result.valid && "timeStep" in result && result.timeStep > Number(totpLastStep) ? result.timeStep : undefined;
}

/** Ten codes for whoever loses the phone, and what is stored of them. */
export function makeRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: 10 }, () =>
    randomBytes(8)
      .toString("hex")
      .replace(/(.{4})(?=.)/g, "$1-"),
  );
  return { codes, hashes: codes.map(hashRecoveryCode) };
}

export function hashRecoveryCode(code: string): string {
  return hashLink(code.toLowerCase().replace(/[^0-9a-f]/g, ""));
}
