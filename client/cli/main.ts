#!/usr/bin/env node
import { runCommand } from "./run-command.ts";

// Whoever reads may go before the end: `parley tail | head -1`.
process.stdout.on("error", () => process.exit(0));
process.exitCode = await runCommand(process.argv.slice(2));
