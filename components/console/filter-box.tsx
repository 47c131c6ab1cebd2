import { cn } from "../ui/cn.ts";
import { inputClass } from "../ui/input-class.ts";

interface FilterBoxProps {
  label: string;
  value: string | null;
  onSet: (value: string | null) => void;
  className?: string;
}

/** One filter of a list; taken over with Enter or when it is left. */
export function FilterBox({ label, value, onSet, className }: FilterBoxProps) {
  return (
    <input
      data-filter
      key={value}
      type="search"
      aria-label={label}
      placeholder={label}
      defaultValue={value ?? ""}
      onBlur={(event) => event.target.value !== (value ?? "") && onSet(event.target.value.trim() || null)}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      className={cn(inputClass, "sm:w-44", className)}
    />
  );
}
