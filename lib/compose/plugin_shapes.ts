/** The shapes of what plugins of `docker` carry out, in the order of the config hash. */
import { optionLists, textList } from "./collection_kinds.ts";
import { shape } from "./kind.ts";
import type { Model, Provider, ServiceModel } from "./project.ts";
import { integer, text } from "./scalar_kinds.ts";

export const provider = shape<Provider>({ type: text, options: optionLists });

export const serviceModel = shape<ServiceModel>({ endpoint_var: text, model_var: text });

export const model = shape<Model>({
  name: text,
  model: text,
  context_size: integer,
  runtime_flags: textList,
});
