"use client";

import { useEffect } from "react";
import { AuthCard, linkClass } from "./auth-card.tsx";

/** Nobody is signed in: to the sign-in, and back here afterwards. */
export function GoToSignIn() {
  useEffect(() => {
    window.location.replace(signInAddress());
  }, []);
  return (
    <AuthCard title="Sign in first" lead="The console is for those who run a tenant.">
      <a href="/sign-in" className={linkClass}>
        To the sign-in
      </a>
    </AuthCard>
  );
}

/** Of the sign-in that comes back to the page that is open, and to the part of it that the address names. */
export function signInAddress(): string {
  const { pathname, search, hash } = window.location;
  return `/sign-in?next=${encodeURIComponent(pathname + search + hash)}`;
}
