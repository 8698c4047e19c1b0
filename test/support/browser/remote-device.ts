/**
 * A device whose kernels run in a page of Chromium: what Node asks for is queued, and sent when something is read.
 *
 * The compiler's choices are made here by the same target, the kernels are called there by the same device as in a user's
 * page; so every suite that takes a backend runs in a browser as it is. After each batch the page checks that its device
 * holds what was asked for and nothing else.
 */
import type { Page } from "playwright-core";
import type { Buffer, KernelDevice } from "../../../src/backends/backend.js";
import type { KernelTarget } from "../../../src/compiler/target.js";
import { decoded, encoded } from "./encoding.js";
import type { Answer, Command } from "./protocol.js";

/** What page/device-server.ts puts into the page. */
interface Server {
  readonly run: (commands: readonly Command[]) => Promise<readonly Answer[]>;
}

interface Handle {
  readonly id: number;
}

export const remoteDevice = (page: Page, name: string, target: KernelTarget): KernelDevice => {
  let queue: Command[] = [];
  let nextId = 1;
  let sent: Promise<unknown> = Promise.resolve();
  let batch: Promise<ReadonlyMap<number, Answer>> | undefined;
  const references = new Map<number, number>();

  const idOf = ({ handle }: Buffer): number | null => ("id" in handle ? (handle as Handle).id : null); // sound: made below

  const made = (command: (id: number) => Command, type: Buffer["type"]): Buffer => {
    const id = nextId++;
    references.set(id, 1);
    queue.push(command(id));
    return { type, handle: { id } };
  };

  const send = async (): Promise<ReadonlyMap<number, Answer>> => {
    const commands = queue;
    queue = [];
    batch = undefined;
    const answers = await page.evaluate(
      (batchOfCommands) =>
        (globalThis as unknown as { svertkaPage: Server }).svertkaPage.run(JSON.parse(batchOfCommands)), // sound: page/device-server.ts
      JSON.stringify(commands, literally),
    );
    return new Map(answers.map((answer) => [answer.id, answer]));
  };

  /** Reads that are asked for at once go as one batch, batches one after the other. */
  const answered = (): Promise<ReadonlyMap<number, Answer>> => {
    if (batch === undefined) {
      batch = sent.then(send);
      // A batch that failed has told its own reader.
      sent = batch.catch(() => undefined);
    }
    return batch;
  };

  return {
    kind: "kernels",
    name,
    target,
    upload: (numbers, type) => made((id) => ({ do: "upload", id, type, data: encoded(numbers) }), type),
    call: (call, inputs, type) => made((id) => ({ do: "call", id, call, inputs: inputs.map(idOf), type }), type),
    view: (buffer, type) => made((id) => ({ do: "view", id, of: idOf(buffer) ?? 0, type }), type),
    retain: (buffer) => {
      const id = idOf(buffer) ?? 0;
      references.set(id, (references.get(id) ?? 0) + 1);
      queue.push({ do: "retain", id });
      return buffer;
    },
    release: (buffer) => {
      const id = idOf(buffer) ?? 0;
      const left = (references.get(id) ?? 0) - 1;
      if (left > 0) references.set(id, left);
      else references.delete(id);
      queue.push({ do: "release", id });
    },
    read: async (buffer) => {
      const id = idOf(buffer) ?? 0;
      queue.push({ do: "read", id });
      const answer = (await answered()).get(id);
      if (answer === undefined) throw new Error(`the page gave no answer for buffer ${id}`);
      return decoded(answer.data);
    },
    memory: () => ({ buffers: references.size, bytes: 0 }),
  };
};

/** JSON has no NaN, infinities or −0, and formulas do: refused rather than changed on the way. */
const literally = (_key: string, value: unknown): unknown => {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`an attribute is ${value}`);
  return value;
};
