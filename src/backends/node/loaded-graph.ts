/** A graph in a session of its own: weights and states stay in its variables from run to run. */
import { invariant, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { sourceName, type Graph } from "../../compiler/ir/graph.js";
import { concreteShape } from "../../compiler/ir/type.js";
import type { ConcreteType } from "../../ops/operator.js";
import type { Buffer, Feeds, GraphOptions, LoadedGraph, Results } from "../backend.js";
import { failureOf } from "./failure.js";
import { lowerGraph, type Assignment, type LoweredGraph } from "./lower-graph.js";
import type { Memory } from "./memory.js";
import { openSession, type Session } from "./session.js";
import { storageOf, tensorsOf, type Held, type Storage } from "./storage.js";

/** A session is opened with the first run. */
export const loadGraph = (memory: Memory, graph: Graph, options: GraphOptions): LoadedGraph => {
  let opened: Either<SvertkaError, OpenGraph> | undefined;
  const open = (): Either<SvertkaError, OpenGraph> => {
    const lowered = lowerGraph(graph, options);
    return E.isLeft(lowered) ? lowered : E.right(openGraph(memory, graph, lowered.right, options));
  };
  return {
    // Async, so that what throws rejects; the native call itself runs to its end.
    run: async (batch, feeds) => {
      try {
        opened ??= open();
        return await Promise.resolve(E.isLeft(opened) ? opened : E.right(opened.right.run(batch, feeds)));
      } catch (cause) {
        const failure = failureOf(cause, batch);
        if (failure === undefined) throw cause;
        return E.left(failure);
      }
    },
    forget: () => {
      if (opened !== undefined && E.isRight(opened)) opened.right.forget();
    },
    dispose: () => {
      if (opened !== undefined && E.isRight(opened)) opened.right.dispose();
      opened = undefined;
    },
  };
};

interface OpenGraph {
  readonly run: (batch: number, feeds: Feeds) => Results;
  readonly forget: () => void;
  readonly dispose: () => void;
}

const openGraph = (memory: Memory, graph: Graph, lowered: LoweredGraph, options: GraphOptions): OpenGraph => {
  const session = openSession(memory.binding, lowered.nodes);
  const typeOf = new Map(graph.nodes.map((node) => [node.id, node.type]));
  const sourceKinds = new Map(
    graph.nodes.flatMap((node) =>
      node.op === "parameter" || node.op === "state" ? [[sourceName(node), node.op] as const] : [],
    ),
  );
  const variables = variableTable(memory, session, lowered);
  let isPrepared = false;
  const fed = (name: string, feeds: Feeds): Storage => storageOf(feeds[sourceKinds.get(name) ?? "state"](name));

  const assign = (assignments: readonly Assignment[], feeds: Feeds): void => {
    if (assignments.length === 0) return;
    const names = assignments.flatMap((assignment) => [...assignment.feeds]);
    const storages = names.map(([name]) => fed(name, feeds));
    const tensors = tensorsOf(storages);
    const placed = new Map(names.map(([, placeholder], i) => [placeholder, tensors[i] ?? 0]));
    const done = session.run(
      placed,
      assignments.map((assignment) => assignment.done),
    );
    for (const { id } of done) memory.binding.deleteTensor(id);
  };

  /** Brings fed weights and states into their variables, where they are not in them already. */
  const bring = (feeds: Feeds): void => {
    if (options.stableWeights) {
      if (!isPrepared) assign(lowered.assignments, feeds);
      isPrepared = true;
      return;
    }
    const stale = lowered.assignments.filter(({ feeds: placed }) =>
      [...placed.keys()].some((name) => variables.now(name) !== fed(name, feeds)),
    );
    if (stale.length === 0) return;
    const names = stale.flatMap((assignment) => [...assignment.feeds.keys()]);
    variables.keepValues(names, () => 0);
    assign(stale, feeds);
    for (const name of names) variables.takes(name, fed(name, feeds));
  };

  const concrete = (id: number, batch: number): ConcreteType => {
    const type = typeOf.get(id);
    invariant(type, `no node ${id}`);
    return { dtype: type.dtype, shape: concreteShape(type.shape, batch) };
  };

  const runAndDelete = <A>(tensor: number | undefined, run: () => A): A => {
    try {
      return run();
    } finally {
      if (tensor !== undefined) memory.binding.deleteTensor(tensor);
    }
  };

  return {
    run: (batch, feeds) => {
      if (graph.outputs.length === 0) return [];
      bring(feeds);
      const updates = graph.outputs.filter(({ kind }) => kind === "update").map(({ name }) => name);
      // The reference by which a value is fed is given up for the next value.
      variables.keepValues(updates, () => 1);
      const names = [...lowered.inputs.keys()];
      const tensors = tensorsOf(names.map((name) => storageOf(feeds.input(name))));
      const placed = new Map(names.map((name, i) => [lowered.inputs.get(name) ?? "", tensors[i] ?? 0]));
      const batchSize = lowered.batch === undefined ? undefined : memory.scalar(batch);
      if (lowered.batch !== undefined && batchSize !== undefined) placed.set(lowered.batch, batchSize);
      const fetches = lowered.outputs.filter((name) => name !== undefined);
      const fetched = runAndDelete(batchSize, () =>
        session.run(placed, lowered.updated === undefined ? fetches : [...fetches, lowered.updated]),
      );
      const flag = lowered.updated === undefined ? undefined : fetched[fetches.length];
      const isUpdated = flag !== undefined && memory.binding.tensorDataSync(flag.id)[0] === 1;
      if (flag !== undefined) memory.binding.deleteTensor(flag.id);
      let next = 0;
      return graph.outputs.map(({ kind, name, value }): Buffer => {
        const type = concrete(value, batch);
        if (kind === "result") {
          const tensor = fetched[next++];
          invariant(tensor, `no result for ${name}`);
          return memory.wrap(tensor.id, type);
        }
        if (isUpdated) return variables.updated(name, type);
        const old = fed(name, feeds);
        old.references++;
        return { type, handle: old };
      });
    },
    forget: () => (isPrepared = false),
    dispose: () => {
      variables.keepValues([...lowered.reads.keys()], () => 0);
      variables.dispose();
      session.dispose();
    },
  };
};

interface VariableTable {
  /** What a variable holds now. */
  readonly now: (name: string) => Storage | undefined;
  readonly takes: (name: string, storage: Storage) => void;
  /** A new value, which a run put there. */
  readonly updated: (name: string, type: ConcreteType) => Buffer;
  /** Copies values out that somebody still refers to, beside so many references. */
  readonly keepValues: (names: readonly string[], givenUp: (name: string) => number) => void;
  readonly dispose: () => void;
}

const variableTable = (memory: Memory, session: Session, { reads }: LoweredGraph): VariableTable => {
  const values = new Map<string, Storage>();
  const copyOut: Held["copyOut"] = (storages) => {
    const fetched = session.run(
      new Map(),
      storages.map(({ held }) => reads.get(held?.name ?? "") ?? ""),
    );
    storages.forEach((storage, i) => (storage.tensor = fetched[i]?.id));
  };
  const drop = (name: string): void => {
    const old = values.get(name);
    // A value that came from elsewhere is not this variable's to lose.
    if (old?.held?.copyOut === copyOut && old.held.name === name) old.held = undefined;
  };
  return {
    now: (name) => values.get(name),
    takes: (name, storage) => {
      drop(name);
      values.set(name, storage);
    },
    updated: (name, type) => {
      drop(name);
      const buffer = memory.hold(type, { copyOut, name });
      values.set(name, storageOf(buffer));
      return buffer;
    },
    keepValues: (names, givenUp) => {
      const wanted = names.flatMap((name) => {
        const value = values.get(name);
        const isOwn = value?.held?.copyOut === copyOut && value.tensor === undefined;
        return isOwn && value.references > givenUp(name) ? [value] : [];
      });
      if (wanted.length > 0) tensorsOf(wanted);
    },
    dispose: () => {
      for (const name of values.keys()) drop(name);
      values.clear();
    },
  };
};
