"use client";

import { useQuery } from "@tanstack/react-query";
import { NativeSelect } from "../../ui/native-select.tsx";
import { useConsole } from "../console-context.ts";
import { FilterBox } from "../filter-box.tsx";
import { endOfHint } from "../keys/end-of-hint.ts";
import { seesCredentials } from "../pages.ts";
import { useTRPC } from "../trpc.ts";

interface KeyFilterProps {
  value: string | null;
  onSet: (keyId: string | null) => void;
}

/** Calls of one key, chosen by its name; by its id for whoever may not see keys. */
export function KeyFilter(props: KeyFilterProps) {
  const { role } = useConsole();
  return seesCredentials.includes(role) ? <KeySelect {...props} /> : <FilterBox label="Key's id" {...props} />;
}

function KeySelect({ value, onSet }: KeyFilterProps) {
  const trpc = useTRPC();
  // A tenant has at most 100.
  const { data } = useQuery(trpc.apiKeys.list.queryOptions({ pageSize: 100 }));
  const keys = (data?.data ?? []).map(({ id, name, hint }) => ({ value: id, label: `${name} ${endOfHint(hint)}` }));
  const known = value === null || keys.some((key) => key.value === value);
  // One that was rotated or deleted has called all the same.
  const other = known ? [] : [{ value, label: `key …${value.slice(-6)}` }];
  return (
    <NativeSelect
      label="Key"
      value={value ?? ""}
      options={[{ value: "", label: "Any key" }, ...keys, ...other]}
      onChange={(keyId) => onSet(keyId || null)}
      className="sm:w-44"
    />
  );
}
