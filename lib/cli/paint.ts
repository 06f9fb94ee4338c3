type Paint = (text: string) => string;

/** Colours, where they show. */
export function paint({ color }: { readonly color: boolean }): Readonly<Record<keyof typeof CODES, Paint>> {
  const style = (name: keyof typeof CODES): Paint => (text) =>
    color ? `\x1b[${CODES[name]}m${text}\x1b[0m` : text;
  return {
    bold: style("bold"),
    dim: style("dim"),
    red: style("red"),
    green: style("green"),
    yellow: style("yellow"),
  };
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
