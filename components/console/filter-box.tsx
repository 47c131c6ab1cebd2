import { useEffect, useRef } from "react";
import { cn } from "../ui/cn.ts";
import { inputClass } from "../ui/input-class.ts";
import { isComposing } from "../ui/is-composing.ts";

interface FilterBoxProps {
  label: string;
  value: string | null;
  onSet: (value: string | null) => void;
  className?: string;
}

/** One filter of a list; taken over with Enter, which leaves the focus where it is, or when it is left. */
export function FilterBox({ label, value, onSet, className }: FilterBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current && box.current.value.trim() !== (value ?? "")) box.current.value = value ?? "";
  }, [value]);
  const take = (text: string) => text.trim() !== (value ?? "") && onSet(text.trim() || null);
  return (
    <input
      ref={box}
      data-filter
      type="search"
      aria-label={label}
      placeholder={label}
      defaultValue={value ?? ""}
      onBlur={(event) => take(event.target.value)}
      onKeyDown={(event) => event.key === "Enter" && !isComposing(event) && take(event.currentTarget.value)}
      className={cn(inputClass, "sm:w-44", className)}
    />
  );
}
