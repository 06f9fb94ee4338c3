const USUAL = 20_261_121;

/**
 * What generated cases begin with. The same in every run, so that a change is judged by itself and not by luck;
 * `HOMEPORT_TEST_SEED=random` looks for new cases, and `HOMEPORT_TEST_SEED=<number>` repeats them.
 */
export const SEED: number = seedOf(Deno.env.get("HOMEPORT_TEST_SEED"));

function seedOf(wanted: string | undefined): number {
  if (wanted === "random") return Math.floor(Math.random() * 2 ** 31);
  return wanted === undefined || wanted === "" ? USUAL : Number(wanted);
}
