"use client";

import { LogIn } from "lucide-react";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { Parley } from "../../client/parley.ts";
import { ParleyProvider, useParleyState } from "../../client/react/provider.tsx";
import { personOf } from "../../client/token-keeper.ts";
import type { DemoUser } from "../../client/types.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { ToastProvider } from "../ui/toast.tsx";
import { untilLoaded } from "../ui/until-loaded.ts";
import { loadDemo } from "./load-demo.ts";
import { PersonPicker } from "./person-picker.tsx";
import { TokenSource } from "./token-source.ts";

const SessionEndDialog = lazy(untilLoaded(() => import("./session-end-dialog.tsx")));

export interface HostedProps {
  tenantId: string;
  tenantName: string;
  /** One may pick a person instead of signing in. */
  demo: boolean;
  /** The person of the demo to be at once. */
  as: string | undefined;
  onPicked: (userId: string) => void;
  /** `carry` makes the address of another hosted page one for a tab of its own. */
  children: (known: { people: readonly DemoUser[]; carry: (href: string) => string }) => ReactNode;
}

/** A hosted page of one person: finds out who it is, keeps the client, and asks again when the session ends. */
export function Hosted({ tenantId, tenantName, demo, as, onPicked, children }: HostedProps) {
  const [people, setPeople] = useState<readonly DemoUser[]>([]);
  const isPicked = demo && as !== undefined;
  const [source] = useState(() => {
    const anew = demo ? (userId: string) => tokenOf(tenantId, userId) : undefined;
    return new TokenSource(tenantId, { anew, isPicked });
  });
  const token = useSyncExternalStore(source.subscribe, source.current, () => undefined);
  const user = token === undefined ? undefined : personOf(token);
  const [made, setMade] = useState<{ client: Parley; user: string }>();
  // Of another person nothing is shown any more, from the moment on in which somebody else is here.
  const client = made?.user === user ? made?.client : undefined;

  useEffect(() => {
    source.open();
    return () => source.close();
  }, [source]);

  useEffect(() => {
    if (user === undefined) return;
    const client = new Parley({ baseUrl: location.origin, tenantId, getToken: source.tokensOf(user) });
    void client.start();
    setMade({ client, user });
    return () => {
      setMade(undefined);
      client.close();
    };
  }, [user, tenantId, source]);

  const onPick = useCallback(
    (person: DemoUser, all: DemoUser[]) => {
      setPeople(all);
      source.give(person.token);
      onPicked(person.userId);
    },
    [source, onPicked],
  );

  if (client && user !== undefined) {
    const page = children({ people, carry: (href) => (isPicked ? href : source.carry(href)) });
    return (
      // Another person begins with nothing of the one before on the page: no draft, no dialog, no undo.
      <ParleyProvider key={client.clientId} client={client}>
        <ToastProvider>
          {source.acting ? <Acting as={user}>{page}</Acting> : page}
          <SessionEnd client={client} user={user} source={source} />
        </ToastProvider>
      </ParleyProvider>
    );
  }
  if (token !== undefined) return null; // for the moment in which the client is made
  if (demo) return <PersonPicker tenantId={tenantId} as={as} onPick={onPick} />;
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState icon={LogIn} title={`${tenantName} has to sign you in`}>
        <p>
          This page gets your token from the app that opened it. Go back there and open the chat again; if you embed it,
          send a <code className="font-mono">parley:token</code> message to this frame.
        </p>
      </EmptyState>
    </main>
  );
}

/** Above all the rest, so that nobody forgets whose words these will be. */
function Acting({ as, children }: { as: string; children: ReactNode }) {
  return (
    <div className="flex h-dvh flex-col">
      <p role="status" className="border-warn border-b bg-surface px-4 py-1.5 text-center text-sm text-warn">
        You act as {as}. Whatever you do here, {as} has done. It ends 15 minutes after it began.
      </p>
      <div className="min-h-0 flex-1 [&>.h-dvh]:h-full">{children}</div>
    </div>
  );
}

async function tokenOf(tenantId: string, userId: string): Promise<string | undefined> {
  const demo = await loadDemo(tenantId, AbortSignal.timeout(10_000));
  return demo?.users.find((user) => user.userId === userId)?.token;
}

/** Over what one was doing, which is all still there. */
function SessionEnd({ client, user, source }: { client: Parley; user: string; source: TokenSource }) {
  const ended = useParleyState((state) => state.link === "signed-out");
  // A new token from the app around ends it by itself; one of another person ends this client.
  useEffect(
    () => source.subscribe(() => personOf(source.current() ?? "") === user && client.resume()),
    [client, user, source],
  );
  return ended ? (
    <Suspense>
      <SessionEndDialog onRetry={() => client.resume()} />
    </Suspense>
  ) : null;
}
