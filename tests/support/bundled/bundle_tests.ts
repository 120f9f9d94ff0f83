import { build, type Plugin, stop } from "npm:esbuild@0.28.2";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { packagesFolder } from "../../../src/tasks/bundle/packages.ts";
import { BANNERS, type BundleRuntime, vitrailPlugin } from "../../../src/tasks/bundle/vitrail_plugin.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The stand-ins for Deno. One comes first: tests register themselves by it. */
const STAND_INS: Record<BundleRuntime, string> = {
  browser: "tests/support/browser/page_deno.ts",
  node: "tests/support/node/node_tests.ts",
};

/**
 * Bundles test files for another runtime, which runs them one after another and reports each.
 * @param files their paths from the root
 * @param out the folder for `tests.js` and what it reads
 */
export async function bundleTests(
  files: readonly string[],
  out: string,
  runtime: BundleRuntime,
): Promise<void> {
  const packages = await packagesFolder();
  const contents = [
    `import { startTests } from "./${STAND_INS[runtime]}";`,
    ...files.map((file) => `import "./${file}";`),
    `import { CHECKED } from "./tests/support/golden/golden_calls.ts";`,
    "await startTests(CHECKED);",
  ].join("\n");
  const page = { "node:crypto": join(ROOT, "tests/support/browser/page_crypto.ts") };
  try {
    await build({
      absWorkingDir: ROOT,
      stdin: { contents, resolveDir: ROOT, sourcefile: "tests.ts", loader: "ts" },
      outfile: join(out, "tests.js"),
      bundle: true,
      format: "esm",
      target: "esnext",
      platform: runtime,
      mainFields: ["browser", "module", "main"].slice(runtime === "node" ? 1 : 0),
      banner: { js: BANNERS[runtime] },
      nodePaths: [join(packages, "node_modules")],
      alias: {
        "@std/assert": join(ROOT, "tests/support/std_assert.ts"),
        ...(runtime === "browser" ? page : {}),
      },
      plugins: [testPlaces(runtime), vitrailPlugin(runtime, packages, out)],
      logLevel: "warning",
      logOverride: { "ignored-bare-import": "silent" },
    });
  } finally {
    await stop();
  }
}

/**
 * Returns the plugin that keeps each test's own place: what lies beside it is read, or served, from there.
 */
function testPlaces(runtime: BundleRuntime): Plugin {
  return {
    name: "test places",
    setup(build) {
      build.onLoad({ filter: /\/tests\/.*\.ts$/ }, async ({ path }) => {
        const place = runtime === "node"
          ? JSON.stringify(pathToFileURL(path).href)
          : `new URL(${JSON.stringify(`/${path.slice(ROOT.length)}`)}, location.origin).href`;
        return {
          contents: (await Deno.readTextFile(path)).replaceAll("import.meta.url", place),
          loader: "ts",
        };
      });
    },
  };
}
