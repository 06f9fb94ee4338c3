/** Sets variables of this process for as long as the body runs. */
export async function withVariables(
  variables: Readonly<Record<string, string>>,
  body: () => Promise<void>,
): Promise<void> {
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    await body();
  } finally {
    for (const name of Object.keys(variables)) Deno.env.delete(name);
  }
}
