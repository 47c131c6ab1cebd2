"use client";

import { Crown, Ellipsis, UserCog, UserMinus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog, Dialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, type Role, useTRPCClient } from "../trpc.ts";
import { RoleChoice } from "./role-choice.tsx";
import { rolesUpTo } from "./role-texts.ts";

type Operator = Answers["operators"]["list"]["data"][number];

export interface OperatorActionsProps {
  of: Operator;
  isLastOwner: boolean;
}

/** Change the role, pass the tenant on, take out. */
export function OperatorActions({ of, isLastOwner }: OperatorActionsProps) {
  const { role: own, account } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const router = useRouter();
  const { run, once, refusal } = useAct();
  const [asked, setAsked] = useState<"role" | "remove" | "own">();
  const { personId } = of;
  const who = of.name ?? of.email;
  const isSelf = of.personId === account.personId;
  if (!rolesUpTo(own).includes(of.role)) return null;
  if (isLastOwner)
    return (
      <span className="block max-w-44 text-muted text-xs">The last owner stays: make somebody else one first.</span>
    );

  async function act(done: string, work: Promise<unknown>) {
    const answer = await work;
    toast(answer ? { title: done } : refusal(`${who} was left as before`));
    // What one may oneself has changed with it.
    if (answer && (isSelf || asked === "own")) router.refresh();
  }
  const remove = () =>
    act(
      `${who} is out`,
      run(() => client.operators.remove.mutate({ personId }), { leaves: isSelf }),
    );
  const passOn = () =>
    act(
      `${who} is the owner now`,
      once({ personId }, (asked) => client.operators.transferOwnership.mutate(asked)),
    );

  const { title, confirm, text } = asked === "own" ? wordsOf.own(who) : isSelf ? wordsOf.leave : wordsOf.remove(who);

  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={`Actions of ${who}`} />}>
        <MenuItem icon={UserCog} onSelect={() => setAsked("role")}>
          Change role
        </MenuItem>
        {own === "owner" && !isSelf && (
          <MenuItem icon={Crown} onSelect={() => setAsked("own")}>
            Make the owner
          </MenuItem>
        )}
        <MenuItem icon={UserMinus} danger onSelect={() => setAsked("remove")}>
          {isSelf ? "Leave" : "Remove"}
        </MenuItem>
      </Menu>
      {asked === "role" && <RoleDialog of={of} who={who} onClose={() => setAsked(undefined)} />}
      <ConfirmDialog
        open={asked === "remove" || asked === "own"}
        onOpenChange={(open) => !open && setAsked(undefined)}
        title={title}
        confirm={confirm}
        onConfirm={() => void (asked === "own" ? passOn() : remove())}
      >
        <p>{text}</p>
      </ConfirmDialog>
    </>
  );
}

const wordsOf = {
  own: (who: string) => ({
    title: `Make ${who} the owner?`,
    confirm: "Make the owner",
    text: "You become an admin: you can no longer delete the tenant or pass it on.",
  }),
  leave: {
    title: "Leave this tenant?",
    confirm: "Leave",
    text: "You see nothing of it any more, within seconds, and come back only by an invitation. Your account and your other tenants stay.",
  },
  remove: (who: string) => ({
    title: `Remove ${who}?`,
    confirm: "Remove",
    text: "They see nothing of this tenant any more, within seconds. Their account and their other tenants stay.",
  }),
};

function RoleDialog({ of, who, onClose }: { of: Operator; who: string; onClose: () => void }) {
  const { account } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const router = useRouter();
  const { run, busy, failure } = useAct();
  const [role, setRole] = useState<Role>(of.role);
  const save = async () => {
    if (!(await run(() => client.operators.update.mutate({ personId: of.personId, role })))) return;
    toast({ title: `${who} is ${role} now` });
    if (of.personId === account.personId) router.refresh();
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Role of ${who}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" disabled={busy || role === of.role} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <RoleChoice value={role} onChange={setRole} />
      <FailureNote failure={failure} className="mt-3" />
    </Dialog>
  );
}
