import { useEffect, useRef } from "react";
import { cn } from "../ui/cn.ts";
import { inputClass } from "../ui/input-class.ts";
import { localSecond } from "./local-time.ts";

interface TimeBoxProps {
  label: string;
  value: Date | null;
  onSet: (value: Date | null) => void;
}

/** A time that a list is filtered by, by the clock here; taken over with Enter, or when it is left: not while its parts are typed. */
export function TimeBox({ label, value, onSet }: TimeBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  const shown = value ? localSecond(value) : "";
  useEffect(() => {
    if (box.current) box.current.value = shown;
  }, [shown]);
  const take = (text: string) => {
    const said = text === "" ? null : new Date(text);
    // A browser leaves out seconds that are 0.
    if ((said ? localSecond(said) : "") !== shown) onSet(said);
  };
  return (
    <label className="flex items-center gap-2 text-muted text-sm">
      {label}
      <input
        ref={box}
        type="datetime-local"
        step="1"
        max="9999-12-31T23:59:59"
        defaultValue={shown}
        onBlur={(event) => take(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && take(event.currentTarget.value)}
        className={cn(inputClass, "text-text sm:w-56")}
      />
    </label>
  );
}
