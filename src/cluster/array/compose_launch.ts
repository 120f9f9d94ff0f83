import { stringify } from "npm:yaml@2.9.1";
import { containerFolders } from "./container_folders.ts";
import { literal } from "./container_words.ts";
import { CORES, type Launch, MEMORY, mergeArguments, partArguments } from "./launch.ts";

/** Said at the head of the file. */
const HEAD = `# Makes a training set by a container a part, then merges it: docker compose -f FILE up
`;

/** Returns a launch as a file of Docker Compose: a service a part, and the merge, which waits for all. */
export function composeLaunch(launch: Launch): string {
  const numbers = Array.from({ length: launch.parts }, (_, index) => index + 1);
  const parts = numbers.map((part): [string, object] => [
    `part-${part}`,
    {
      ...serviceOf(launch, partArguments(launch, `${part}/${launch.parts}`)),
      restart: "on-failure:3",
      deploy: { resources: { limits: { cpus: String(CORES), memory: `${MEMORY}G` }, ...gpuOf(launch) } },
    },
  ]);
  const ended = Object.fromEntries(
    parts.map(([name]) => [name, { condition: "service_completed_successfully" }]),
  );
  const merge = { ...serviceOf(launch, mergeArguments(launch)), depends_on: ended };
  const file = { name: "vitrail-sft", services: { ...Object.fromEntries(parts), merge } };
  return HEAD + stringify(file, { aliasDuplicateObjects: false }).trimEnd();
}

function serviceOf(launch: Launch, args: readonly string[]) {
  const { image, folder, contained } = launch;
  const volumes = containerFolders(launch).map(({ path, made }) => {
    const own = literal(path);
    return { type: "bind", source: own, target: own, ...(made && { bind: { create_host_path: true } }) };
  });
  return {
    image,
    command: [...contained, ...args].map(literal),
    working_dir: literal(folder),
    volumes,
  };
}

function gpuOf({ gpu }: Launch) {
  if (!gpu) return {};
  return { reservations: { devices: [{ driver: "nvidia", count: 1, capabilities: ["gpu"] }] } };
}
