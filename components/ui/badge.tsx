import { cva, type VariantProps } from "class-variance-authority";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";

const badge = cva("inline-flex items-center gap-1 whitespace-nowrap rounded-full font-medium", {
  variants: {
    tone: {
      plain: "border border-line bg-sunken text-muted",
      accent: "bg-accent text-on-accent",
      good: "border border-good bg-surface text-good",
      warn: "border border-warn bg-surface text-warn",
      bad: "border border-bad bg-surface text-bad",
    },
    size: { sm: "px-1.5 text-[0.6875rem] leading-5", md: "px-2 py-0.5 text-xs" },
  },
  defaultVariants: { tone: "plain", size: "md" },
});

export interface BadgeProps extends VariantProps<typeof badge> {
  children: ReactNode;
  className?: string;
}

/** A state in a word; the word carries it, the colour only helps. */
export function Badge({ tone, size, className, children }: BadgeProps) {
  return <span className={cn(badge({ tone, size }), className)}>{children}</span>;
}

/** A number of unread things: nothing at 0, "99+" from 100 on. */
export function CountBadge({
  count,
  label = "unread",
  isQuiet = false,
  className,
}: {
  count: number;
  label?: string;
  /** Counted, but nobody need come */
  isQuiet?: boolean;
  className?: string;
}) {
  if (count <= 0) return null;
  return (
    <Badge
      tone={isQuiet ? "plain" : "accent"}
      size="sm"
      className={cn("min-w-5 justify-center tabular-nums", className)}
    >
      {count > 99 ? "99+" : count}
      <span className="sr-only"> {label}</span>
    </Badge>
  );
}
