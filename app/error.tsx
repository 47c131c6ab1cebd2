"use client";

import { Button } from "../components/ui/button.tsx";

export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center px-6">
      <h1 className="text-2xl font-semibold tracking-tight">This page stumbled</h1>
      <p className="mt-2 text-muted">Nothing that was sent is lost. Trying again often helps.</p>
      {error.digest && <p className="mt-2 font-mono text-sm text-muted">Reference {error.digest}</p>}
      <Button variant="primary" className="mt-6" onClick={reset}>
        Try again
      </Button>
    </main>
  );
}
