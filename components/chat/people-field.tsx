"use client";

import { useMemo, useState } from "react";
import type { Person } from "../../client/types.ts";
import { type ComboboxItem, MultiCombobox } from "../ui/combobox.tsx";
import { useKnownPeople } from "./known-people.ts";

export interface PeopleFieldProps {
  label: string;
  /** People whom the page was given, beside those of one's chats. */
  given: readonly Person[];
  without?: readonly string[];
  value: readonly ComboboxItem[];
  onChange: (value: ComboboxItem[]) => void;
}

/** Known people by name, and anybody else by the id that the tenant gives them. */
export function PeopleField({ label, given, without = [], value, onChange }: PeopleFieldProps) {
  const people = useKnownPeople(given);
  const [typed, setTyped] = useState("");
  const items = useMemo(() => {
    const known = people
      .filter(({ userId }) => !without.includes(userId))
      .map(({ userId, displayName }) => ({ value: userId, label: displayName || userId, hint: userId }));
    const id = typed.trim();
    const isNew = id !== "" && !known.some(({ value, label }) => value === id || label === id);
    return isNew ? [...known, { value: id, label: id, hint: "by user id" }] : known;
  }, [people, without, typed]);
  return (
    <MultiCombobox
      label={label}
      items={items}
      value={value}
      onChange={onChange}
      onSearch={setTyped}
      placeholder="Name or user id"
      empty="Nobody is called that. A user id works too."
    />
  );
}
