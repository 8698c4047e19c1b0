/** In the page: runs what test/support/browser/remote-device.ts in Node asks of a device, and answers. */
import type { Buffer, Device, KernelDevice } from "../../../src/backends/backend.js";
import { wasm } from "../../../src/backends/tfjs/wasm/browser.js";
import { webgl } from "../../../src/backends/tfjs/webgl/browser.js";
import { webgpu } from "../../../src/backends/tfjs/webgpu/browser.js";
import { orReject } from "../../../src/errors.js";
import { decoded, encoded } from "../../support/browser/encoding.js";
import type { Answer, Command } from "../../support/browser/protocol.js";

const backends = { webgl, webgpu, wasm };

let device: KernelDevice | undefined;
const buffers = new Map<number, { readonly buffer: Buffer; references: number }>();
/** What the backend held before anybody asked for anything. */
let before = 0;

const opened = (): KernelDevice => {
  if (device === undefined) throw new Error("no device is open");
  return device;
};

const known = (id: number): Buffer => {
  const entry = buffers.get(id);
  if (entry === undefined) throw new Error(`no buffer ${id}`);
  return entry.buffer;
};

/** Stands for inputs that a call does not use. */
const absent: Buffer = { type: { dtype: "f32", shape: [0] }, handle: {} };

const run = async (command: Command): Promise<Answer | undefined> => {
  const on = opened();
  switch (command.do) {
    case "upload":
      buffers.set(command.id, { buffer: on.upload(decoded(command.data), command.type), references: 1 });
      return undefined;
    case "call": {
      const inputs = command.inputs.map((id) => (id === null ? absent : known(id)));
      buffers.set(command.id, { buffer: on.call(command.call, inputs, command.type), references: 1 });
      return undefined;
    }
    case "view":
      buffers.set(command.id, { buffer: on.view(known(command.of), command.type), references: 1 });
      return undefined;
    case "retain": {
      on.retain(known(command.id));
      const entry = buffers.get(command.id);
      if (entry !== undefined) entry.references++;
      return undefined;
    }
    case "release": {
      on.release(known(command.id));
      const entry = buffers.get(command.id);
      if (entry !== undefined && --entry.references === 0) buffers.delete(command.id);
      return undefined;
    }
    case "read":
      return { id: command.id, data: encoded(await on.read(known(command.id))) };
  }
};

/** A run that failed leaves what it had made; after one, leaks are not counted. */
let failed = false;

/** Every buffer that the device holds is one that somebody asked for: kernels leave nothing behind. */
const checkLeaks = (on: Device): void => {
  if (failed) return;
  const held = on.memory().buffers - before;
  const asked = new Set([...buffers.values()].map(({ buffer }) => buffer.handle)).size;
  if (held !== asked) throw new Error(`the device holds ${held} buffers, ${asked} of them asked for`);
};

const page = {
  open: async (name: keyof typeof backends): Promise<void> => {
    device = await orReject(backends[name].load);
    before = device.memory().buffers;
  },
  run: async (commands: readonly Command[]): Promise<readonly Answer[]> => {
    const answers: Answer[] = [];
    try {
      for (const command of commands) {
        const answer = await run(command);
        if (answer !== undefined) answers.push(answer);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
    checkLeaks(opened());
    return answers;
  },
};

Reflect.set(globalThis, "svertkaPage", page);
