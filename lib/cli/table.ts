const GAP = "  ";
const LEAST = 8;

/** Rows below each other in columns, shortened where they do not fit. `paintCell` gets each cell at its full width. */
export function formatTable(
  rows: readonly (readonly string[])[],
  width: number,
  paintCell: (cell: string, row: number, column: number) => string = (cell) => cell,
): string {
  const widths = fit(columnWidths(rows), width);
  return rows.map((row, rowIndex) =>
    row.map((cell, column) => {
      const text = shorten(cell, widths[column]!);
      return paintCell(column === row.length - 1 ? text : text.padEnd(widths[column]!), rowIndex, column);
    }).join(GAP).trimEnd()
  ).join("\n");
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const count = Math.max(...rows.map((row) => row.length));
  return Array.from(
    { length: count },
    (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
}

/** Takes from the widest column until the row fits. */
function fit(widths: readonly number[], width: number): number[] {
  const result = [...widths];
  const room = width - GAP.length * (widths.length - 1);
  while (result.reduce((sum, each) => sum + each, 0) > room) {
    const widest = Math.max(...result);
    if (widest <= LEAST) break;
    result[result.indexOf(widest)] = widest - 1;
  }
  return result;
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
