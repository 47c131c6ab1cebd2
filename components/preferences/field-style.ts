/** Of what is chosen in a form that works without script: the platform's own controls. */
export const selectClass = "h-9 rounded-lg border border-line-strong bg-surface px-2.5 text-sm text-text";
