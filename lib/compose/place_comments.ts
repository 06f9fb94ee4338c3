import type { CST, LineCounter } from "yaml";
import type { Comment, CommentedChild, CommentedEntry, CommentedNode } from "./commented_yaml.ts";

export interface FoundComment {
  readonly offset: number;
  readonly line: number;
  /** From 0. */
  readonly column: number;
  readonly text: string;
  /** From the block before it, so that its column tells which block it closes. */
  readonly isSetApart: boolean;
}

/** All comments of a file, wherever the library put them. */
export function findComments(
  tokens: readonly CST.Token[],
  lines: LineCounter,
  source: string,
): FoundComment[] {
  const texts = source.split("\n");
  const found: FoundComment[] = [];
  const collect = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(collect);
    if (typeof part !== "object" || part === null) return;
    if ("type" in part && part.type === "comment") {
      const { offset, source: token } = part as CST.SourceToken;
      const { line, col } = lines.linePos(offset);
      found.push({
        offset,
        line,
        column: col - 1,
        text: token.slice(1).replace(/\r$/, ""),
        isSetApart: isSetApart(texts, line - 1),
      });
    } else {
      Object.values(part).forEach(collect);
    }
  };
  collect(tokens);
  return found.sort((one, other) => one.offset - other.offset);
}

/**
 * Puts the comments among the entries, as near to go-yaml as its ways are plain: one that stands alone on its line belongs to what
 * follows, or, when it is indented more than that, to the innermost block before it; one behind a value belongs to that value.
 */
export function placeComments(root: CommentedNode, comments: readonly FoundComment[]): CommentedNode {
  if (root.kind === "scalar") return root;
  const spots = spotsOf(root.children, []);
  let next = 0;
  for (const comment of comments) {
    while (spots[next] !== undefined && spots[next]!.entry.line <= comment.line) put(spots[next++]!);
    place(comment, spots[next - 1], spots[next], root.children);
  }
  spots.slice(next).forEach(put);
  return root;
}

/** Between an entry and an empty line, or below a comment of a deeper block. */
function isSetApart(texts: readonly string[], index: number): boolean {
  const columnOf = (at: number) => /^\s*(?=#)/.exec(texts[at] ?? "")?.[0].length;
  const own = columnOf(index);
  let [above, below] = [index - 1, index + 1];
  while (columnOf(above) !== undefined && columnOf(above) === own) above--;
  while (columnOf(below) !== undefined) below++;
  if ((columnOf(above) ?? 0) > (own ?? 0)) return true;
  return columnOf(above) === undefined && /\S/.test(texts[above] ?? "") && /^\s*$/.test(texts[below] ?? "");
}

interface Level {
  readonly children: CommentedChild[];
  readonly column: number;
}

/** An entry and the blocks that it stands in, the outermost first. */
interface Spot {
  readonly entry: CommentedEntry;
  readonly levels: readonly Level[];
}

/** In the order of the text. Takes the entries out of their blocks. */
function spotsOf(children: CommentedChild[], outer: readonly Level[]): Spot[] {
  const entries = children.splice(0) as CommentedEntry[];
  const levels = [...outer, { children, column: entries[0]?.column ?? 0 }];
  return entries.flatMap((entry) => {
    const { value, isBlock } = entry;
    return [
      { entry, levels },
      ...(isBlock && value.kind !== "scalar" ? spotsOf(value.children, levels) : []),
    ];
  });
}

function put({ entry, levels }: Spot): void {
  levels.at(-1)!.children.push(entry);
}

function place(
  comment: FoundComment,
  before: Spot | undefined,
  after: Spot | undefined,
  root: CommentedChild[],
): void {
  if (before !== undefined && comment.line <= before.entry.lastLine) return placeBehind(comment, before);
  const isHead = after !== undefined &&
    (comment.column <= after.entry.column || after.levels.length > (before?.levels.length ?? 0));
  const closing = comment.isSetApart
    ? before?.levels.findLast(({ column }) => column <= comment.column)
    : before?.levels.at(-1);
  const children = isHead ? after.levels.at(-1)!.children : closing?.children ?? root;
  children.push({ kind: "comment", text: comment.text, inline: false });
}

/** Brackets that hold nothing else lose their comments. */
function placeBehind({ text, line }: FoundComment, { entry, levels }: Spot): void {
  const { value, isBlock } = entry;
  if (value.kind !== "scalar" && !isBlock) {
    if (line < entry.lastLine && value.children.every(({ kind }) => kind === "comment")) return;
    value.children.unshift({ kind: "comment", text, inline: false });
    return;
  }
  const siblings = levels.at(-1)!.children;
  const comment: Comment = { kind: "comment", text, inline: !isBlock };
  siblings.splice(siblings.indexOf(entry), 0, comment);
}
