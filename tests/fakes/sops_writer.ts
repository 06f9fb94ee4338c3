/** Encrypts values as sops does, into its JSON, dotenv and YAML forms. What it writes was opened by the real sops. */
import { Buffer } from "node:buffer";
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { armor, Encrypter } from "age-encryption";

export interface Sealed {
  /** Nested keys have a point between them. */
  readonly key: string;
  readonly text: string;
  /** Default: `str`. */
  readonly type?: string;
}

export interface SealOptions {
  readonly recipients: readonly string[];
  /** Put over the metadata, such as `{ age: [] }`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly dataKeyLength?: number;
}

interface Tree {
  [key: string]: string | Tree;
}

const CHANGED = "2024-05-06T07:08:09Z";

export async function sealSopsJson(values: readonly Sealed[], options: SealOptions): Promise<string> {
  const { recipients, metadata = {}, dataKeyLength = 32 } = options;
  const dataKey = randomBytes(32);
  const hash = createHash("sha512");
  for (const { text } of values) hash.update(text);
  const root: Tree = {};
  for (const { key, text, type } of values) {
    const path = key.split(".");
    const last = path.pop()!;
    const holder = path.reduce<Tree>((tree, each) => (tree[each] ??= {}) as Tree, root);
    holder[last] = text && seal(text, dataKey, `${key.replaceAll(".", ":")}:`, type);
  }
  const age = await Promise.all(recipients.map(async (recipient) => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(recipient);
    return { recipient, enc: armor.encode(await encrypter.encrypt(dataKey.subarray(0, dataKeyLength))) };
  }));
  const mac = seal(hash.digest("hex").toUpperCase(), dataKey, CHANGED);
  const sops = { age, lastmodified: CHANGED, mac, version: "3.13.3", ...metadata };
  return JSON.stringify({ ...root, sops }, null, "\t");
}

/** Each variable with its value. */
export async function sealSopsDotenv(
  variables: Readonly<Record<string, string>>,
  { recipients }: Pick<SealOptions, "recipients">,
): Promise<string> {
  const values = Object.entries(variables).map(([key, text]) => ({ key, text }));
  const { sops, ...sealed } = JSON.parse(await sealSopsJson(values, { recipients }));
  const { age, ...rest } = sops as { age: { recipient: string; enc: string }[]; [key: string]: unknown };
  return [
    ...Object.entries(sealed).map(([name, text]) => `${name}=${text}`),
    ...age.flatMap(({ recipient, enc }, index) => [
      `sops_age__list_${index}__map_enc=${enc.replaceAll("\n", "\\n")}`,
      `sops_age__list_${index}__map_recipient=${recipient}`,
    ]),
    ...Object.entries(rest).map(([name, value]) => `sops_${name}=${value}`),
    "",
  ].join("\n");
}

/** Each variable with its value. */
export async function sealSopsYaml(
  variables: Readonly<Record<string, string>>,
  { recipients }: Pick<SealOptions, "recipients">,
): Promise<string> {
  const values = Object.entries(variables).map(([key, text]) => ({ key, text }));
  const sealed: Readonly<Record<string, unknown>> = JSON.parse(await sealSopsJson(values, { recipients }));
  return Object.entries(sealed).map(([key, value]) =>
    `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}\n`
  ).join("");
}

function seal(text: string, dataKey: Uint8Array, context: string, type = "str"): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv("aes-256-gcm", dataKey, iv);
  cipher.setAAD(Buffer.from(context));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const [sealed, vector, tag] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString("base64"));
  return `ENC[AES256_GCM,data:${sealed},iv:${vector},tag:${tag},type:${type}]`;
}
