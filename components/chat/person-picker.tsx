"use client";

import { useEffect, useState } from "react";
import { sentenceOf } from "../../client/parley-error.ts";
import type { DemoUser } from "../../client/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { loadDemo } from "./load-demo.ts";

export interface PersonPickerProps {
  tenantId: string;
  /** Picked without asking, when it is there. */
  as: string | undefined;
  onPick: (person: DemoUser, all: DemoUser[]) => void;
}

/** In a demo tenant: one button a person. */
export function PersonPicker({ tenantId, as, onPick }: PersonPickerProps) {
  const [people, setPeople] = useState<DemoUser[]>();
  const [problem, setProblem] = useState<string>();
  const [attempt, setAttempt] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an attempt is the occasion to ask again
  useEffect(() => {
    const ends = new AbortController();
    setProblem(undefined);
    loadDemo(tenantId, ends.signal)
      .then((demo) => {
        const users = demo?.users ?? [];
        const picked = users.find(({ userId }) => userId === as);
        if (picked) onPick(picked, users);
        else setPeople(users);
        if (!demo) setProblem("The demo can only be tried from the machine it runs on.");
      })
      .catch((error: unknown) => {
        if (!ends.signal.aborted) setProblem(sentenceOf(error));
      });
    return () => ends.abort();
  }, [tenantId, as, onPick, attempt]);

  return (
    <div className="mx-auto w-full max-w-2xl px-4 py-10 sm:py-16">
      <h1 className="font-semibold text-2xl tracking-tight">Who are you?</h1>
      <p className="mt-2 text-muted text-pretty">
        This is a demo: pick a person and chat. Open this page a second time, pick somebody else, and talk to each
        other.
      </p>
      {problem && (
        <ErrorNote className="mt-6" onRetry={() => setAttempt(attempt + 1)}>
          {problem}
        </ErrorNote>
      )}
      <ul aria-label="People" className="mt-6 grid gap-2 sm:grid-cols-2">
        {people?.map((person) => (
          <li key={person.userId} className="min-w-0">
            <button
              type="button"
              onClick={() => onPick(person, people)}
              className="flex w-full items-center gap-3 rounded-xl border border-line bg-surface p-3 text-left font-medium text-sm hover:border-line-strong"
            >
              <Avatar name={person.displayName} src={person.avatarUrl} className="size-10" />
              <span className="wrap-anywhere min-w-0">{person.displayName}</span>
            </button>
          </li>
        ))}
        {!people &&
          !problem &&
          ["a", "b", "c", "d"].map((key) => (
            <li key={key}>
              <Skeleton className="h-16 rounded-xl" />
            </li>
          ))}
      </ul>
    </div>
  );
}
