import { build, type Plugin, stop } from "npm:esbuild@0.28.2";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packagesFolder } from "../../../src/tasks/bundle/packages.ts";
import { vitrailPlugin } from "../../../src/tasks/bundle/vitrail_plugin.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Bundles test files for a page, which runs them one after another and reports each.
 * @param files their paths from the root
 * @param out the folder for `tests.js` and what it fetches
 */
export async function bundleTests(files: readonly string[], out: string): Promise<void> {
  const packages = await packagesFolder();
  const contents = [
    // It stands first: the tests register themselves by what it puts in Deno's place.
    `import { startTests } from "./tests/support/browser/page_deno.ts";`,
    ...files.map((file) => `import "./${file}";`),
    `import { CHECKED } from "./tests/support/golden/golden_calls.ts";`,
    "await startTests(CHECKED);",
  ].join("\n");
  try {
    await build({
      absWorkingDir: ROOT,
      stdin: { contents, resolveDir: ROOT, sourcefile: "tests.ts", loader: "ts" },
      outfile: join(out, "tests.js"),
      bundle: true,
      format: "esm",
      target: "esnext",
      platform: "browser",
      nodePaths: [join(packages, "node_modules")],
      alias: {
        "@std/assert": join(ROOT, "tests/support/std_assert.ts"),
        "node:crypto": join(ROOT, "tests/support/browser/page_crypto.ts"),
      },
      plugins: [testPlaces(), vitrailPlugin("browser", packages, out)],
      logLevel: "warning",
      logOverride: { "ignored-bare-import": "silent" },
    });
  } finally {
    await stop();
  }
}

/** Returns the plugin that keeps each test's own place: what lies beside it is served from there. */
function testPlaces(): Plugin {
  return {
    name: "test places",
    setup(build) {
      build.onLoad({ filter: /\/tests\/.*\.ts$/ }, async ({ path }) => {
        const place = `new URL(${JSON.stringify(`/${path.slice(ROOT.length)}`)}, location.origin).href`;
        return {
          contents: (await Deno.readTextFile(path)).replaceAll("import.meta.url", place),
          loader: "ts",
        };
      });
    },
  };
}
