import { join } from "node:path";
import { installPackages } from "../../../src/tasks/debian.ts";
import { type Ended, startProgram } from "../../../src/tasks/run.ts";

/** Slurm's daemons and commands, and what its messages are signed by, by Debian's names. */
const PACKAGES = ["slurmctld", "slurmd", "slurm-client", "munge"];

/** The programs of those packages that are started here. */
const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "scontrol", "scancel"];

/** The longest that the daemons may take until the node takes jobs, ms. */
const START = 20_000;

/** The longest that tasks, and each daemon, may take to end, ms. */
const END = 5000;

/** A cluster of Slurm's: this machine is its one node. */
export interface SlurmCluster extends AsyncDisposable {
  /** The folder of all its files. */
  readonly folder: string;
  /** Runs a program whose commands of Slurm's are this cluster's; its standard output is kept. */
  run(program: string, ...args: string[]): Promise<Ended>;
}

/**
 * Starts a cluster with keys, ports and files of its own, as root, without systemd or cgroups. What is
 * missing is installed, as root on Debian.
 * @param cores the cores that the node says it has, whatever the machine has
 * @returns the reason why there is none, where it cannot start
 */
export async function startSlurm(cores: number): Promise<SlurmCluster | string> {
  if (Deno.build.os !== "linux") return "Slurm runs on Linux";
  if (await lackingProgram() !== undefined) await installPackages(PACKAGES, "No Slurm");
  const lacking = await lackingProgram();
  if (lacking !== undefined) return `no ${lacking}; on Debian: sudo apt-get install ${PACKAGES.join(" ")}`;
  if (Deno.uid() !== 0) return "Slurm's daemons are started as root, which this is not";
  const folder = await Deno.makeTempDir({ prefix: "vitrail-slurm-" });
  await Deno.chmod(folder, 0o755); // munge's socket is for all
  const cluster = new OneNode(folder);
  const why = await cluster.start(cores);
  if (why === undefined) return cluster;
  await cluster[Symbol.asyncDispose]();
  return why;
}

/** Returns a program that is not to be found; undefined where all are. */
async function lackingProgram(): Promise<string | undefined> {
  const folders = (Deno.env.get("PATH") ?? "").split(":").concat("/usr/sbin", "/sbin");
  for (const program of PROGRAMS) {
    const found = folders.map((folder) => Deno.stat(join(folder, program)).then(() => true, () => false));
    if (!(await Promise.all(found)).includes(true)) return program;
  }
}

class OneNode implements SlurmCluster {
  readonly #env: Record<string, string>;
  readonly #daemons: Deno.ChildProcess[] = [];

  constructor(readonly folder: string) {
    const path = `${Deno.env.get("PATH")}:/usr/sbin:/sbin`;
    this.#env = { PATH: path, SLURM_CONF: join(folder, "slurm.conf") };
  }

  /** Starts the daemons; returns the reason where the node takes no jobs. */
  async start(cores: number): Promise<string | undefined> {
    const key = join(this.folder, "munge.key");
    await Deno.writeFile(key, crypto.getRandomValues(new Uint8Array(128)), { mode: 0o400 });
    for (const name of ["state", "spool"]) await Deno.mkdir(join(this.folder, name));
    await Deno.writeTextFile(this.#env.SLURM_CONF, settings(this.folder, cores));
    const own = ["seed-file", "socket", "pid-file", "log-file"];
    const files = own.map((name) => `--${name}=${join(this.folder, `munge.${name}`)}`);
    this.#daemon("munged", ["--foreground", `--key-file=${key}`, ...files]);
    for (const program of ["slurmctld", "slurmd"]) this.#daemon(program, ["-D"]);
    for (const end = performance.now() + START; performance.now() < end;) {
      const { code, stdout } = await this.run("sinfo", "--noheader", "--format=%T");
      if (code === 0 && stdout.trim() === "idle") return undefined;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return `Slurm's node took no jobs within ${START / 1000} s: ${await this.#lastErrors()}`;
  }

  #daemon(program: string, args: string[]): void {
    const child = new Deno.Command(program, { args, env: this.#env, stdout: "null", stderr: "null" }).spawn();
    this.#daemons.push(child);
  }

  /** Returns the last line of each daemon's log. */
  async #lastErrors(): Promise<string> {
    const logs = ["munge.log-file", "slurmctld.log", "slurmd.log"].map(async (name) => {
      const text = await Deno.readTextFile(join(this.folder, name)).catch(() => "");
      const lines = text.trimEnd().split("\n");
      return `${name}: ${lines.findLast((line) => /error|fatal/i.test(line)) ?? lines.at(-1)}`;
    });
    return (await Promise.all(logs)).join("; ");
  }

  run(program: string, ...args: string[]): Promise<Ended> {
    return startProgram(program, args, { env: this.#env, stdout: "keep", cwd: this.folder });
  }

  /** Ends what runs and the daemons, in the order in which they need each other, and removes all files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("scancel", "--quiet", "--user=root");
    for (const end = performance.now() + END; performance.now() < end;) {
      const { code, stdout } = await this.run("squeue", "--noheader");
      if (code !== 0 || stdout.trim() === "") break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const daemon of this.#daemons.reverse()) {
      try {
        daemon.kill("SIGTERM");
      } catch {
        // It has ended.
      }
      const timer = setTimeout(() => daemon.kill("SIGKILL"), END);
      await daemon.status;
      clearTimeout(timer);
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Returns the settings of a cluster whose files lie in `folder`. */
function settings(folder: string, cores: number): string {
  const host = Deno.hostname().split(".")[0], [control, node] = freePorts(2);
  return `ClusterName=vitrail
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket,cred_expire=5
SlurmctldPort=${control}
SlurmdPort=${node}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1,bf_interval=1
SlurmdParameters=config_overrides
MpiDefault=none
KillWait=1
CompleteWait=0
ReturnToService=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${cores} RealMemory=${cores * 4096} State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

/** Returns ports that nobody listens on. */
function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}
