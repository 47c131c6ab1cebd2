import { Field, Input } from "../ui/field.tsx";

export interface TenantFieldsProps {
  /** How the operation that makes the tenant calls them. */
  names: { name: string; id: string };
  labels: { name: string };
  errorOf(field: string): string | undefined;
}

/** What a new tenant is called, by people and in addresses. */
export function TenantFields({ names, labels, errorOf }: TenantFieldsProps) {
  return (
    <>
      <Field label={labels.name} hint="Your company or product." error={errorOf(names.name)}>
        <Input name={names.name} autoComplete="organization" required />
      </Field>
      <Field label="Its id" hint="Small letters, digits and hyphens: part of every address." error={errorOf(names.id)}>
        <Input name={names.id} pattern="[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?" required />
      </Field>
    </>
  );
}
