/** `develop`, which serves `docker compose watch` alone; it is part of the config hash all the same. */
import { environmentMap, shellCommand, textList } from "./collection_kinds.ts";
import { type Kind, list, shape, written } from "./kind.ts";
import type { Develop, WatchCommand, WatchTrigger } from "./project.ts";
import { boolean, text } from "./scalar_kinds.ts";

const watchCommand = shape<WatchCommand>({
  command: shellCommand as Kind<readonly string[] | null>,
  user: text,
  privileged: boolean,
  working_dir: text,
  environment: environmentMap,
});

const trigger = shape<WatchTrigger>({
  path: text,
  action: text,
  target: text,
  exec: written(watchCommand, '{"command":null}'),
  include: textList,
  ignore: textList,
  initial_sync: boolean,
});

export const develop = shape<Develop>({ watch: list(trigger) });
