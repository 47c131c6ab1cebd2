#!/usr/bin/env node
// `npx parley` in a clone: the command from its sources. The package has it built.
import { register } from "tsx/esm/api";

register();
await import("./main.ts");
