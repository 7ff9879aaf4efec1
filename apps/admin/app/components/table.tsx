import type { ReactNode } from "react";

export type Column<Row> = { header: string; cell: (row: Row) => ReactNode; numeric?: boolean };

type TableProps<Row> = {
  /** Read aloud by screen readers. */
  label: string;
  rows: readonly Row[];
  /** The first one names the row. */
  columns: readonly Column<Row>[];
  /** Shown instead of a table without rows. */
  empty: ReactNode;
};

/** One line per row; on phones each row is a card. */
export function Table<Row extends { id: string }>({ label, rows, columns, empty }: TableProps<Row>) {
  if (rows.length === 0) return empty;
  return (
    <div className="md:overflow-x-auto md:rounded-md md:border md:border-line md:bg-surface">
      <table aria-label={label} className="w-full border-collapse text-left max-md:block">
        <thead className="max-md:sr-only">
          <tr>
            {columns.map(({ header, numeric }) => (
              <th
                key={header}
                scope="col"
                className={`h-9 border-b border-line px-3 font-medium whitespace-nowrap text-muted ${numeric ? "text-right" : ""}`}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-md:grid max-md:gap-2">
          {rows.map((row) => (
            <tr
              key={row.id}
              className="max-md:grid max-md:gap-1.5 max-md:rounded-md max-md:border max-md:border-line max-md:bg-surface max-md:p-3 md:not-last:border-b md:border-line md:hover:bg-sunken/60"
            >
              {columns.map(({ header, cell, numeric }, index) =>
                index === 0 ? (
                  <th key={header} scope="row" className="font-medium md:px-3 md:py-2">
                    {cell(row)}
                  </th>
                ) : (
                  <td
                    key={header}
                    className={`max-md:flex max-md:justify-between max-md:gap-4 md:px-3 md:py-2 ${numeric ? "md:text-right" : ""}`}
                  >
                    <span aria-hidden className="shrink-0 text-muted md:hidden">
                      {header}
                    </span>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
