"use client";

import { useConsole } from "../console-context.ts";
import type { Role } from "../trpc.ts";
import { rolesUpTo, roleTexts } from "./role-texts.ts";

/** One of the roles that one may hand out, each with what it may. */
export function RoleChoice({ value, onChange }: { value: Role; onChange: (role: Role) => void }) {
  const { role: own } = useConsole();
  return (
    <fieldset>
      <legend className="mb-2 font-medium text-sm">Role</legend>
      {rolesUpTo(own).map((role) => (
        <label key={role} className="flex min-h-9 items-start gap-2.5 py-1.5 text-sm">
          <input
            type="radio"
            name="role"
            value={role}
            checked={value === role}
            onChange={() => onChange(role)}
            className="mt-0.5 size-4 accent-(--accent)"
          />
          <span>
            {role}
            <span className="block text-muted text-xs leading-5">{roleTexts[role]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
