"use client";

import { type FormEvent, useState } from "react";
import { Field, Input } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { faultTexts, type SignInFault, type SignInWay, signIn } from "./sign-in.ts";

export interface SignInFormProps {
  /** Where to go afterwards; a path of our own. */
  next: string;
  /** Of a link that was mailed: no password is asked for. */
  linkToken?: string | undefined;
}

const refusedTexts = {
  code: "That did not work. Check the code, each is good once, and your password.",
  link: "That did not work. A link is good once, and for a while: ask for another below.",
  linkAndCode: "That did not work. Check the code, each is good once; or the link is over: ask for another below.",
};

/** Email and password, then the code where two factors are on. A link that was mailed needs one press, so that no mail scanner uses it up. */
export function SignInForm({ next, linkToken }: SignInFormProps) {
  const [fault, setFault] = useState<SignInFault>();
  const [busy, setBusy] = useState(false);
  const [wantsCode, setWantsCode] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    const found = await signIn(wayOf(form, linkToken));
    if (found === undefined) return window.location.assign(next);
    setBusy(false);
    setFault(found);
    if (found === "code-needed") setWantsCode(true);
  }

  const withCode = linkToken === undefined ? refusedTexts.code : refusedTexts.linkAndCode;
  const withoutCode = linkToken === undefined ? faultTexts.refused : refusedTexts.link;

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {linkToken === undefined && (
        <>
          <Field label="Email">
            <Input name="email" type="email" autoComplete="username" required autoFocus />
          </Field>
          <Field label="Password">
            <Input name="password" type="password" autoComplete="current-password" required />
          </Field>
        </>
      )}
      {wantsCode && (
        <Field label="Code" hint="Six digits of your app, or a recovery code.">
          <Input name="code" inputMode="numeric" autoComplete="one-time-code" required autoFocus />
        </Field>
      )}
      <p role="alert" className={fault === "code-needed" ? "text-sm" : "text-bad text-sm"} hidden={fault === undefined}>
        {fault && (fault !== "refused" ? faultTexts[fault] : wantsCode ? withCode : withoutCode)}
      </p>
      <SubmitButton variant="primary" disabled={busy}>
        Sign in
      </SubmitButton>
    </form>
  );
}

function wayOf(form: FormData, linkToken: string | undefined): SignInWay {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const code = text("code");
  const rest = code === "" ? {} : { code };
  if (linkToken !== undefined) return { way: "link", token: linkToken, ...rest };
  return { way: "password", email: text("email"), password: String(form.get("password") ?? ""), ...rest };
}
