"use client";

import { Download } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { saveFile } from "../save-file.ts";
import { type Inputs, useTRPCClient } from "../trpc.ts";

const failed = "The log could not be exported";

type Filter = Omit<NonNullable<Inputs["audit"]["export"]>, "format">;

/** What the filters leave, as a file. */
export function AuditExport({ filter }: { filter: Filter }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, refusal } = useAct();

  async function save(format: "csv" | "json") {
    const file = await run(() => client.audit.export.query({ ...filter, format }));
    // Nothing is changed by it: without an answer there is no file.
    if (!file) return toast(refusal(failed, failed));
    saveFile(file.name, file.contentType, file.body);
    toast({
      title: `${file.name} is saved`,
      ...(file.truncated && file.last ? { description: wordsOfEnd(new Date(file.last)) } : {}),
    });
  }

  return (
    <Menu
      trigger={
        <Button disabled={busy}>
          <Download aria-hidden className="size-4" />
          Export
        </Button>
      }
    >
      <MenuItem onSelect={() => void save("csv")}>CSV, for spreadsheets</MenuItem>
      <MenuItem onSelect={() => void save("json")}>JSON</MenuItem>
    </Menu>
  );
}

/** The box takes whole seconds, and what it takes is left out: those of the last second come twice rather than not at all. */
function wordsOfEnd(last: Date): string {
  const until = new Date(Math.floor(last.getTime() / 1000 + 1) * 1000);
  return `It ends at 10,000 entries or 16 MiB. For older ones set “Until” to ${until.toLocaleString()}.`;
}
