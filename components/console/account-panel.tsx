"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useState } from "react";
import { renderSVG } from "uqr";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { type Person, useAccountAct } from "./account-act.tsx";
import { browserName } from "./browser-name.ts";
import { CallFault, callConsole } from "./call.ts";
import { ShownOnceDialog } from "./keys/shown-once-dialog.tsx";
import { NewTenantForm } from "./new-tenant-form.tsx";
import { OnceKeys } from "./once-keys.ts";
import { sayCount } from "./say-count.ts";
import { signOut } from "./sign-in.ts";
import type { Account, AnswerOf } from "./trpc.ts";

type ConsoleSession = AnswerOf<"account.listSessions">["data"][number];

interface AccountProps {
  account: Account & Pick<Person, "provider">;
}

/** What is pressed stays barred while the browser goes to another page, or gets this one anew. */
const isLeft = new Promise<string>(() => undefined);

/** What a person sees to alone: tenants, password, browsers, two factors. */
export function AccountPanel({ account, sessions }: AccountProps & { sessions: ConsoleSession[] }) {
  return (
    <div className="flex flex-col gap-8">
      <Part title="Your tenants">
        {account.tenants.length > 0 ? (
          <ul className="flex flex-col gap-1.5 text-sm">
            {account.tenants.map(({ tenantId, name, role }) => (
              <li key={tenantId} className="flex justify-between gap-3">
                <a href={`/t/${tenantId}`} className="rounded text-accent underline-offset-4 hover:underline">
                  {name}
                </a>
                <span className="text-muted">{role}</span>
              </li>
            ))}
          </ul>
        ) : (
          <p className="text-muted text-sm leading-6">
            None yet. {account.mayCreateTenant ? "Make one of your own, or" : "To run one,"} open the link of an
            invitation.
          </p>
        )}
        {account.mayCreateTenant && <NewTenantForm begins={account.tenants.length === 0} />}
      </Part>
      <Part title="Password">
        <PasswordForm account={account} />
      </Part>
      <Part title="Two factors">
        <TwoFactors account={account} />
      </Part>
      <Part title="Where you are signed in">
        <Sessions {...{ account, sessions }} />
      </Part>
      <SignOut account={account} />
    </div>
  );
}

function SignOut({ account }: AccountProps) {
  const { outcome, act, busy } = useAccountAct(account);
  const leave = async () => {
    if (!(await signOut())) throw new CallFault({});
    window.location.assign("/sign-in");
    return isLeft;
  };
  return (
    <div className="flex flex-col gap-3">
      {outcome}
      <Button disabled={busy} onClick={() => void act(leave)}>
        Sign out
      </Button>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3">
      {/* Where the focus goes when the button that had it is gone. */}
      <h2 tabIndex={-1} className="font-medium">
        {title}
      </h2>
      {children}
    </section>
  );
}

function PasswordForm({ account }: AccountProps) {
  const { hasPassword } = account;
  const router = useRouter();
  const { outcome, act, busy } = useAccountAct(account);
  // Sent once more after an answer that was lost, it would be refused: what was the password is none by then.
  const [keys] = useState(() => new OnceKeys());
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const text = (name: string) => String(given.get(name) ?? "");
    void act(async () => {
      const fields = { password: text("password"), ...(hasPassword ? { current: text("current") } : {}) };
      await callConsole("account.changePassword", { ...fields, idempotencyKey: keys.of(fields) });
      keys.done();
      form.reset();
      router.refresh(); // whether there is a password, and the browsers that are left, are asked for anew
      return "Changed. Your other browsers are signed out.";
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {hasPassword && (
        <Field label="Current password">
          <Input name="current" type="password" autoComplete="current-password" required />
        </Field>
      )}
      <Field label="New password" hint="At least 10 characters.">
        <Input name="password" type="password" autoComplete="new-password" minLength={10} required />
      </Field>
      {outcome}
      <SubmitButton disabled={busy}>Change password</SubmitButton>
    </form>
  );
}

function TwoFactors({ account }: AccountProps) {
  const [codes, setCodes] = useState<string[]>();
  return (
    <>
      {codes && (
        <ShownOnceDialog
          what="recovery codes"
          title="Your recovery codes"
          secret={codes.join("\n")}
          advice="Each signs you in once without the app. Keep them where you find them without your phone."
          onStored={() => setCodes(undefined)}
        />
      )}
      <TwoFactorForm account={account} onCodes={setCodes} />
    </>
  );
}

function TwoFactorForm({ account, onCodes }: AccountProps & { onCodes: (codes: string[]) => void }) {
  const router = useRouter();
  const { outcome, act, busy } = useAccountAct(account);
  const [secret, setSecret] = useState<AnswerOf<"account.startTotp">>();
  // Sent once more after an answer that was lost, it would be refused, and nobody would ever see the recovery codes: they are shown once.
  const [keys] = useState(() => new OnceKeys());
  const start = () =>
    act(async () => {
      setSecret(await callConsole("account.startTotp", {}));
      return "Scan it with your authenticator app, then give a code of it.";
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code") ?? "");
    void act(async () => {
      const asked = { code, idempotencyKey: keys.of({ code }) };
      if (account.twoFactor) {
        await callConsole("account.disableTotp", asked);
        window.location.reload();
        return isLeft;
      }
      const { recoveryCodes } = await callConsole("account.confirmTotp", asked);
      keys.done();
      onCodes(recoveryCodes);
      setSecret(undefined);
      router.refresh(); // whether it is on, and how many codes are left
      return "Switched on.";
    });
  };
  if (!account.twoFactor && !secret)
    return (
      <>
        <p className="text-muted text-sm">Off. Signing in takes one step.</p>
        {outcome}
        <Button disabled={busy} onClick={() => void start()}>
          Switch on
        </Button>
      </>
    );
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      {secret ? (
        <>
          {/* biome-ignore lint/performance/noImgElement: it is in the address itself, there is nothing to optimise */}
          <img
            alt="QR code for the authenticator app"
            className="size-44 self-center rounded-lg bg-white p-2"
            src={`data:image/svg+xml;utf8,${encodeURIComponent(renderSVG(secret.uri))}`}
          />
          <p className="break-all font-mono text-xs">{secret.secret}</p>
        </>
      ) : (
        <p className="text-muted text-sm">On, with {sayCount(account.recoveryCodesLeft, "recovery code")} left.</p>
      )}
      <Field label="Code">
        {/* On from the button, which this took the place of. */}
        <Input name="code" inputMode="numeric" autoComplete="one-time-code" required autoFocus={secret !== undefined} />
      </Field>
      {outcome}
      <SubmitButton disabled={busy}>{account.twoFactor ? "Switch off" : "Confirm"}</SubmitButton>
    </form>
  );
}

function Sessions({ account, sessions }: AccountProps & { sessions: ConsoleSession[] }) {
  const { outcome, act, busy } = useAccountAct(account);
  const [ended, setEnded] = useState<readonly string[]>([]);
  const shown = sessions.filter(({ sessionId }) => !ended.includes(sessionId));
  const revoke = (sessionId: string) =>
    act(async () => {
      await callConsole("account.revokeSession", { sessionId });
      setEnded((before) => [...before, sessionId]);
      return "Signed out there.";
    });
  return (
    <>
      <ul className="flex flex-col gap-3 text-sm">
        {shown.map(({ sessionId, current, ip, userAgent, seenAt }) => (
          <li key={sessionId} className="flex items-center justify-between gap-3">
            <span className="min-w-0">
              <span className="block truncate">
                {browserName(userAgent)}
                {ip && <span className="text-muted text-xs"> · {ip}</span>}
              </span>
              <span className="text-muted text-xs">
                {current ? "This browser" : `Last seen ${seenAt.slice(0, 16).replace("T", " ")} UTC`}
              </span>
            </span>
            {!current && (
              <Button size="sm" disabled={busy} onClick={() => void revoke(sessionId)}>
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
      {outcome}
    </>
  );
}
