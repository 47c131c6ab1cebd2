export function ProgressBar({ label, percent }: { label: string; percent: number }) {
  return (
    <span
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      className="h-1.5 w-24 overflow-hidden rounded-full bg-sunken"
    >
      <span className="block h-full bg-accent forced-colors:bg-[CanvasText]" style={{ width: `${percent}%` }} />
    </span>
  );
}
