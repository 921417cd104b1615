// A table that the browser saves as a file, by the day it was made.

export function saveTable(name: string, table: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(table);
  link.download = `${name}-${new Date().toISOString().slice(0, 10)}.csv`;
  link.click();
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** RFC 4180, for table programs: the mark says that it is UTF-8; what would be computed is quoted. */
export function tableOf(rows: string[][]): Blob {
  const cell = (text: string): string => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return new Blob(["\ufeff", rows.map((row) => row.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv" });
}
