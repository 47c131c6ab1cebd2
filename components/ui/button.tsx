import { cva, type VariantProps } from "class-variance-authority";
import type { ButtonHTMLAttributes, Ref } from "react";
import { cn } from "./cn.ts";

const button = cva(
  "inline-flex shrink-0 items-center justify-center whitespace-nowrap font-medium transition disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50",
  {
    variants: {
      variant: {
        primary: "bg-accent text-on-accent hover:opacity-90",
        secondary: "border border-line bg-surface text-text hover:border-line-strong",
        ghost: "text-muted hover:bg-sunken hover:text-text",
        danger: "border border-bad bg-surface text-bad hover:bg-sunken",
      },
      size: {
        sm: "h-7 gap-1.5 rounded-md px-2.5 text-xs",
        md: "h-9 gap-2 rounded-lg px-3.5 text-sm",
        icon: "size-8 rounded-lg",
      },
    },
    defaultVariants: { variant: "secondary", size: "md" },
  },
);

export type ButtonVariants = VariantProps<typeof button>;
export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> &
  ButtonVariants & { ref?: Ref<HTMLButtonElement> | undefined };

/** The look of a button for what is none, a link for example. */
export function buttonClass(variants: ButtonVariants = {}): string {
  return button(variants);
}

export function Button({ variant, size, className, type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={cn(button({ variant, size }), className)} {...rest} />;
}
