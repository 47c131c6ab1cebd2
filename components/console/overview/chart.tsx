"use client";

import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Answers } from "../trpc.ts";
import { pointOf, tickOf } from "./point-times.ts";

type Point = Answers["metrics"]["read"]["points"][number];

export interface Series {
  name: string;
  colour: string;
  /** Lines differ by more than their colour. */
  dashed?: boolean;
  value: (point: Point) => number | undefined;
}

export interface ChartProps {
  title: string;
  points: Point[];
  stepSeconds: number;
  series: Series[];
  note?: string | undefined;
}

/** Lines over the time shown; a table of the same for who cannot see them. */
export function Chart({ title, points, stepSeconds, series, note }: ChartProps) {
  const sayPoint = (at: string) => pointOf(at, stepSeconds);
  const data = points.map((point) => ({
    at: point.at,
    ...Object.fromEntries(series.map(({ name, value }) => [name, value(point)])),
  }));
  return (
    <figure className="relative min-w-0 rounded-xl border border-line bg-surface p-4">
      <figcaption className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="font-medium text-sm">{title}</h2>
        <span className="text-muted text-xs">{note ?? <Legend series={series} />}</span>
      </figcaption>
      <div aria-hidden className="mt-3 h-44">
        <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 176 }}>
          <LineChart data={data} accessibilityLayer={false} margin={{ top: 4, right: 8, bottom: 0, left: 0 }}>
            <CartesianGrid vertical={false} stroke="var(--line)" syncWithTicks />
            <XAxis
              dataKey="at"
              tickFormatter={(at: string) => tickOf(at, stepSeconds)}
              minTickGap={48}
              height={20}
              tickLine={false}
              axisLine={{ stroke: "var(--line)" }}
              tick={{ fill: "var(--muted)", fontSize: 11 }}
            />
            <YAxis
              allowDecimals={false}
              interval={0}
              width={44}
              tickLine={false}
              axisLine={false}
              tick={{ fill: "var(--muted)", fontSize: 11 }}
            />
            <Tooltip
              labelFormatter={(at) => sayPoint(String(at))}
              contentStyle={{
                background: "var(--surface)",
                border: "1px solid var(--line)",
                borderRadius: 8,
                fontSize: 12,
              }}
              itemStyle={{ color: "var(--text)" }}
            />
            {series.map(({ name, colour, dashed, value }) => (
              <Line
                key={name}
                dataKey={name}
                stroke={colour}
                strokeWidth={2}
                {...(dashed ? { strokeDasharray: "5 4" } : {})}
                dot={
                  points.filter((point) => value(point) !== undefined).length < 10
                    ? { r: 2, strokeDasharray: "none" }
                    : false
                }
                isAnimationActive={false}
                connectNulls
              />
            ))}
          </LineChart>
        </ResponsiveContainer>
      </div>
      {/* Around it: a table is never narrower than its words. */}
      <div className="sr-only">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {points
              .filter((point) => series.some(({ value }) => value(point)))
              .map((point) => (
                <tr key={point.at}>
                  <th scope="row">{sayPoint(point.at)}</th>
                  {series.map(({ name, value }) => (
                    <td key={name}>{value(point) ?? "none"}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function Legend({ series }: { series: Series[] }) {
  if (series.length === 1) return null;
  return (
    <span aria-hidden className="flex gap-3">
      {series.map(({ name, colour, dashed }) => (
        <span key={name} className="flex items-center gap-1.5">
          <svg viewBox="0 0 16 4" className="h-1 w-4" role="presentation">
            <line
              x1="0"
              x2="16"
              y1="2"
              y2="2"
              stroke={colour}
              strokeWidth="3"
              strokeDasharray={dashed ? "5 3" : undefined}
            />
          </svg>
          {name}
        </span>
      ))}
    </span>
  );
}
