import type { Metadata } from "next";
import Link from "next/link";
import { Logo } from "../components/site/logo.tsx";
import { buttonClass } from "../components/ui/button.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center px-6">
      <Logo className="size-9" />
      <h1 className="mt-6 text-2xl font-semibold tracking-tight">There is no page here</h1>
      <p className="mt-2 text-muted">
        The address may be mistyped, or the page belongs to a part that this installation does not run.
      </p>
      <Link href="/" className={`mt-6 ${buttonClass({ variant: "primary" })}`}>
        Go to the first page
      </Link>
    </main>
  );
}
