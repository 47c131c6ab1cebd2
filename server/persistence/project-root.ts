import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of the package: the nearest one upwards that has a package.json. Found from this file and not from the working
 * directory, so that it holds for the sources, for the bundle in dist/ and for a start from anywhere.
 */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("No package.json above the running code: the installation is incomplete.");
    folder = parent;
  }
  return folder;
}

/** Where the migrations are; both `npm start` from the sources and the bundle read them from here. */
export function migrationsFolder(): string {
  return join(projectRoot(), "prisma", "migrations");
}
