/** One job in a process of its own: what it printed, or why it gave nothing. */
import { spawn } from "node:child_process";

/** Seconds after which a process is ended: far beyond the slowest, a set-up and a first run included. */
const limit = 180;

/** The lines that say most of a failure. */
const reasonOf = (stderr, code, signal) => {
  const lines = stderr.split("\n").map((line) => line.trim());
  const said = lines.find((line) => /error|cannot|not found/i.test(line));
  return (said ?? (signal === null ? `exit ${code}` : `ended by ${signal}`)).slice(0, 160);
};

/**
 * `{ result }` or `{ problem }`, never a throw. `running.end()` ends the process, as an interrupt does.
 */
export const runJob = (command, args) => {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text) => (texts[name] += text));
  }
  const late = setTimeout(() => child.kill("SIGKILL"), 1000 * limit);
  const outcome = new Promise((resolve) => {
    child.on("error", (error) => resolve({ problem: error.message.slice(0, 160) }));
    child.on("close", (code, signal) => {
      const last = texts.stdout.trim().split("\n").at(-1) ?? "";
      if (code === 0 && last.startsWith("{")) resolve({ result: JSON.parse(last) });
      else resolve({ problem: reasonOf(texts.stderr, code, signal) });
    });
  }).finally(() => clearTimeout(late));
  return { outcome, end: () => child.kill("SIGKILL") };
};
