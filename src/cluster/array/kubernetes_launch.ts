import { stringify } from "npm:yaml@2.9.1";
import { containerFolders } from "./container_folders.ts";
import { literal } from "./container_words.ts";
import { CORES, type Launch, MEMORY, MERGE_MEMORY, mergeArguments, partArguments } from "./launch.ts";

/** The times that a part may fail, of its own or with its node. */
const TRIES = 3;

/** Said at the head of the file. */
const HEAD = `# Makes a training set by an indexed Job, a pod a part, then merges it: kubectl apply -f FILE
# Folders are those of the nodes (hostPath), which are to have them in common. Where they have none, put a
# persistentVolumeClaim in the place of each hostPath.
`;

/**
 * Returns a launch as two Jobs of Kubernetes: an indexed one, a pod a part, and one of the merge, which waits
 * for the parts' manifests.
 */
export function kubernetesLaunch(launch: Launch): string {
  const { parts, contained, out, gpu } = launch;
  const gpus = gpu ? { "nvidia.com/gpu": 1 } : {};
  const part = {
    ...containerOf(launch, [...contained, ...partArguments(launch, `auto/${parts}`)]),
    resources: resourcesOf(CORES, MEMORY, gpus),
  };
  // The names of the manifests: formats/manifest.ts. A set of one part has that of the whole.
  const name = parts === 1 ? "^manifest.json$" : "^manifest-[0-9]*-of-$2.json$";
  const waiting = `until [ "$(ls "$1" | grep -c "${name}")" = "$2" ]; do sleep 10; done`;
  const merge = {
    ...containerOf(launch, [...contained, ...mergeArguments(launch)]),
    resources: resourcesOf(1, MERGE_MEMORY),
  };
  const wait = {
    ...containerOf(launch, ["sh", "-c", waiting, "wait", out, String(parts)]),
    name: "wait",
  };
  const indexed = { completions: parts, parallelism: parts, completionMode: "Indexed" };
  const documents = [
    jobNamed("vitrail-sft", { ...indexed, backoffLimit: TRIES * parts }, podOf(launch, [part])),
    jobNamed("vitrail-merge", { backoffLimit: TRIES }, { initContainers: [wait], ...podOf(launch, [merge]) }),
  ];
  return HEAD + documents.map((document) => stringify(document, { aliasDuplicateObjects: false }))
    .join("---\n").trimEnd();
}

function jobNamed(name: string, settings: object, spec: object) {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: { ...settings, template: { spec } },
  };
}

function podOf(launch: Launch, containers: readonly object[]) {
  const volumes = containerFolders(launch).map(({ path, made }, index) => ({
    name: `folder-${index}`,
    hostPath: { path, type: made ? "DirectoryOrCreate" : "Directory" },
  }));
  return { restartPolicy: "OnFailure", containers, volumes };
}

function containerOf({ image, folder, mounted }: Launch, command: readonly string[]) {
  return {
    name: "vitrail",
    image,
    command: command.map(literal),
    workingDir: folder,
    volumeMounts: mounted.map((mountPath, index) => ({ name: `folder-${index}`, mountPath })),
  };
}

function resourcesOf(cores: number, memory: number, limits: object = {}) {
  return { requests: { cpu: cores, memory: `${memory}Gi` }, limits: { memory: `${memory}Gi`, ...limits } };
}
