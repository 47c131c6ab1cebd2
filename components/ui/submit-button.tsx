"use client";

import { useSyncExternalStore } from "react";
import { Button, type ButtonProps } from "./button.tsx";

const never = () => () => {};

/**
 * The button of a form that the server sends: it waits for the page's script. Pressed before, the browser would send the form by
 * itself, with a password in the address.
 */
export function SubmitButton({ disabled = false, ...rest }: Omit<ButtonProps, "type">) {
  const scripted = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  return <Button type="submit" disabled={disabled || !scripted} {...rest} />;
}
