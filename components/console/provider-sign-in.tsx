"use client";

import { type FormEvent, useState } from "react";
import { SubmitButton } from "../ui/submit-button.tsx";
import { faultTexts, type SignInFault, signInByProvider } from "./sign-in.ts";

export interface ProviderButtonProps {
  /** What people call the provider. */
  name: string;
  /** Where to come back to; a path of our own. The page that is open when left out. */
  next?: string | undefined;
  /** For whoever is signed in, and says again who they are. */
  again?: boolean;
}

/** Leaves for the provider. */
export function ProviderButton({ name, next, again }: ProviderButtonProps) {
  const [fault, setFault] = useState<SignInFault>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    event.stopPropagation(); // The form that this came of is not sent by it.
    setBusy(true);
    const { pathname, search, hash } = window.location;
    const found = await signInByProvider(next ?? pathname + search + hash, again);
    setFault(found);
    // While the browser leaves, the button stays as it was pressed.
    if (found !== undefined) setBusy(false);
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <SubmitButton disabled={busy} className="w-full border-line-strong">
        <span className="truncate">Continue with {name}</span>
      </SubmitButton>
      <p role="alert" className="text-bad text-sm" hidden={fault === undefined}>
        {fault && faultTexts[fault]}
      </p>
    </form>
  );
}

/** The provider's button, above a form that is the other way in. */
export function ProviderSignIn(props: ProviderButtonProps) {
  return (
    <>
      <ProviderButton {...props} />
      <p className="my-5 flex items-center gap-3 text-muted text-xs before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </p>
    </>
  );
}
