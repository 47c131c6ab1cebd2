/** The look of a text box and of what stands in for one. */
export const inputClass =
  "h-9 w-full min-w-0 rounded-lg border border-line-strong/60 bg-bg px-3 text-base text-text placeholder:text-muted aria-invalid:border-bad data-[invalid]:border-bad disabled:opacity-50 sm:text-sm";
