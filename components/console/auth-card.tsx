import Link from "next/link";
import type { ReactNode } from "react";
import { Logo } from "../site/logo.tsx";

export interface AuthCardProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  /** Ways to go elsewhere. */
  footer?: ReactNode;
}

/** The one panel of a page on which somebody comes in. */
export function AuthCard({ title, lead, children, footer }: AuthCardProps) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-md flex-col justify-center px-4 py-10">
      <Link href="/" className="mb-6 flex items-center gap-2.5 self-start rounded-md font-semibold tracking-tight">
        <Logo className="size-7" />
        Parley
      </Link>
      <div className="rounded-2xl border border-line bg-surface p-6 sm:p-8">
        <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
        {lead && <p className="mt-1.5 text-pretty text-muted text-sm leading-6">{lead}</p>}
        <div className="mt-6 empty:hidden">{children}</div>
      </div>
      {footer && <div className="mt-5 flex flex-wrap gap-x-5 gap-y-2 px-1 text-sm">{footer}</div>}
    </main>
  );
}

export const linkClass = "rounded text-accent underline-offset-4 hover:underline";
