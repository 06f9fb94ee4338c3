/**
 * Puts each item after those that it needs, and otherwise keeps the order. `needs` are the needs that the order fulfils: where items need
 * each other in a circle, the need that would close it is left out. What is not among the items is ignored.
 */
export function sortByNeed<Item>(
  items: readonly Item[],
  needsOf: (item: Item) => readonly Item[],
): { readonly sorted: readonly Item[]; readonly needs: ReadonlyMap<Item, readonly Item[]> } {
  const known = new Set(items);
  const begun = new Set<Item>();
  const sorted: Item[] = [];
  const needs = new Map<Item, readonly Item[]>();

  const visit = (item: Item) => {
    if (begun.has(item)) return;
    begun.add(item);
    const wanted = [...new Set(needsOf(item))].filter((each) => known.has(each) && each !== item);
    wanted.forEach(visit);
    needs.set(item, wanted.filter((each) => needs.has(each)));
    sorted.push(item);
  };

  items.forEach(visit);
  return { sorted, needs };
}
