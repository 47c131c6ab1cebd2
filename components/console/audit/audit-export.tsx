"use client";

import { Download } from "lucide-react";
import { Button } from "../../ui/button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { saveFile } from "../save-file.ts";
import { type Inputs, useTRPCClient } from "../trpc.ts";

type Filter = Omit<NonNullable<Inputs["audit"]["export"]>, "format">;

/** What the filters leave, as a file. */
export function AuditExport({ filter }: { filter: Filter }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, refusal } = useAct();

  async function save(format: "csv" | "json") {
    const file = await run(() => client.audit.export.query({ ...filter, format }));
    if (!file) return toast(refusal("The log could not be exported"));
    saveFile(file.name, file.contentType, file.body);
    toast({
      title: `${file.name} is saved`,
      ...(file.truncated
        ? { description: "It ends at 10,000 entries or 16 MiB. Set “Until” to where it ends for older ones." }
        : {}),
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
