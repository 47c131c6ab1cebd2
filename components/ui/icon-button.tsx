"use client";

import type { LucideIcon } from "lucide-react";
import { Button, type ButtonProps } from "./button.tsx";
import { cn } from "./cn.ts";

export interface IconButtonProps extends Omit<ButtonProps, "children" | "aria-label"> {
  icon: LucideIcon;
  /** The accessible name, also shown on hover. */
  label: string;
}

/** A button that is only a picture: at least 32 px, 44 px where fingers point (WCAG 2.5.8 asks for 24). */
export function IconButton({ icon: Icon, label, variant = "ghost", className, ...rest }: IconButtonProps) {
  return (
    <Button
      variant={variant}
      size="icon"
      aria-label={label}
      title={label}
      className={cn("pointer-coarse:size-11", className)}
      {...rest}
    >
      <Icon aria-hidden className="size-4" />
    </Button>
  );
}
