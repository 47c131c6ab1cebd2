"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { useTRPCClient } from "../trpc.ts";
import {
  changesOf,
  choicesOf,
  draftOf,
  type Issuer,
  type IssuerDraft,
  type IssuerKind,
  kindTexts,
  makeSecret,
} from "./issuer-kinds.ts";

const kinds: readonly IssuerKind[] = ["oidc", "public-key", "hs256"];

export interface IssuerDialogProps {
  /** The one that is changed; a new one without it. */
  of?: Issuer | undefined;
  onClose: () => void;
  /** A secret that was made here is shown once more, this last time. */
  onSaved: (issuer: Issuer, secret: string | undefined) => void;
}

/** Makes an issuer, or changes one. What it cannot be is said beside the field. */
export function IssuerDialog({ of, onClose, onSaved }: IssuerDialogProps) {
  const client = useTRPCClient();
  const { run, once, busy, failure } = useAct();
  const [kind, setKind] = useState<Issuer["kind"]>(of?.kind ?? "oidc");
  const [draft, setDraft] = useState<IssuerDraft>(() => draftOf(of));
  const set = (field: keyof IssuerDraft) => (event: { target: { value: string } }) =>
    setDraft({ ...draft, [field]: event.target.value });

  async function submit(event: FormEvent) {
    event.preventDefault();
    const saved = await (of
      ? run(() => client.issuers.update.mutate({ issuerId: of.id, ...changesOf(of, draft) }))
      : once({ kind: kind as IssuerKind, ...choicesOf(kind, draft) }, (asked) => client.issuers.create.mutate(asked)));
    if (saved) onSaved(saved, kind === "hs256" && draft.secret !== "" ? draft.secret : undefined);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={of ? `Change “${of.name}”` : "Trust an issuer"}
      description={kindTexts[kind].lead}
    >
      <form onSubmit={submit} className="flex flex-col gap-5">
        {!of && (
          <Field label="Kind">
            <Select<Issuer["kind"]>
              label="Kind"
              value={kind}
              options={kinds.map((value) => ({ value, label: kindTexts[value].label }))}
              onChange={setKind}
            />
          </Field>
        )}
        <Field label="Name" hint="To tell issuers apart by." error={failure?.fields.name}>
          <Input name="name" required maxLength={100} value={draft.name} onChange={set("name")} autoFocus />
        </Field>
        {kind !== "internal" && (
          <KeyFields
            kind={kind}
            draft={draft}
            set={set}
            onDraft={setDraft}
            kept={of !== undefined}
            fields={failure?.fields ?? {}}
          />
        )}
        <details className="rounded-lg border border-line px-3 py-2">
          <summary className="min-h-6 cursor-default font-medium text-sm">Claims and groups</summary>
          <div className="mt-3 flex flex-col gap-4 pb-2">
            <Field
              label="The user is in"
              hint="The first of these claims that is there."
              error={failure?.fields["claims.userId"]}
            >
              <Input required value={draft.userId} onChange={set("userId")} />
            </Field>
            <Field
              label="Groups are in"
              hint="All of these are read, as text or as a list."
              error={failure?.fields["claims.groups"]}
            >
              <Input required value={draft.groups} onChange={set("groups")} />
            </Field>
            <Field
              label="Admin group"
              hint="Who is in it has admin rights."
              error={failure?.fields["claims.adminGroup"]}
            >
              <Input required value={draft.adminGroup} onChange={set("adminGroup")} />
            </Field>
          </div>
        </details>
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            {of ? "Save" : "Create"}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

interface KeyFieldsProps {
  kind: IssuerKind;
  draft: IssuerDraft;
  set: (field: keyof IssuerDraft) => (event: { target: { value: string } }) => void;
  onDraft: (draft: IssuerDraft) => void;
  /** There is a secret already, which stays unless another is given. */
  kept: boolean;
  fields: Record<string, string>;
}

/** What a kind's tokens are checked with. */
function KeyFields({ kind, draft, set, onDraft, kept, fields }: KeyFieldsProps) {
  const isOidc = kind === "oidc";
  return (
    <>
      <Field
        label={isOidc ? "Issuer's address" : "Issuer (iss)"}
        hint={
          isOidc ? "The iss of its tokens; its keys are found from there." : "What tokens must carry; empty for any."
        }
        error={fields.issuer}
      >
        <Input
          required={isOidc}
          value={draft.issuer}
          onChange={set("issuer")}
          placeholder={isOidc ? "https://login.example.com/" : undefined}
        />
      </Field>
      <Field label="Audience (aud)" hint="What tokens must name; empty for any." error={fields.audience}>
        <Input value={draft.audience} onChange={set("audience")} />
      </Field>
      {isOidc && (
        <Field label="Address of the key set" hint="Empty to find it by discovery." error={fields.jwksUri}>
          <Input value={draft.jwksUri} onChange={set("jwksUri")} />
        </Field>
      )}
      {kind === "public-key" && (
        <Field label="Public key" hint="As PEM." error={fields.publicKey}>
          <Textarea
            required
            spellCheck={false}
            value={draft.publicKey}
            onChange={set("publicKey")}
            placeholder="-----BEGIN PUBLIC KEY-----"
            className="max-h-56 font-mono text-xs"
          />
        </Field>
      )}
      {kind === "hs256" && (
        <div className="flex items-end gap-2">
          <Field
            label="Secret"
            hint={
              kept
                ? "Empty to keep the one that is stored, which nobody can read again."
                : "At least 32 bytes. It is stored encrypted and never shown again."
            }
            error={fields.secret}
            className="flex-1"
          >
            <Input
              required={!kept}
              autoComplete="off"
              spellCheck={false}
              value={draft.secret}
              onChange={set("secret")}
              className="font-mono"
            />
          </Field>
          <Button className="mb-6.5" onClick={() => onDraft({ ...draft, secret: makeSecret() })}>
            Make one
          </Button>
        </div>
      )}
    </>
  );
}
