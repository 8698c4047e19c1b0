/** `svertka draw`: pictures of a model, of what it sees, of how it trained and of what it gets wrong. */
import { dirname } from "node:path";
import { fail, orReject, orThrow, type SvertkaError } from "../../errors.js";
import { E, type Either } from "../../fp.js";
import { makeDirectory } from "../../io/node.js";
import { colourMapNames, type ColourMapName } from "../../viz/colour-map.js";
import { drawingPathProblem, writeDrawing } from "../../viz/node.js";
import type { Run } from "../command.js";
import { drawKinds } from "../draw/kinds.js";
import type { DrawKind } from "../draw/kind.js";
import { numberFlag, spelled, switchFlag, textFlag, type Flags } from "../flags.js";

/** Options that every drawing heeds; a backend that has nothing to compute is no mistake, for it has a default. */
const common: ReadonlySet<string> = new Set(["output", "dark", "scale", "backend", "quiet", "json"]);

/** The first option that is given and that this kind of drawing has no use for. */
const unheeded = ({ name, flags: heeded }: DrawKind, flags: Flags): Either<SvertkaError, void> => {
  const idle = Object.keys(flags).find((flag) => !common.has(flag) && !heeded.includes(flag));
  return idle === undefined
    ? E.right(undefined)
    : fail("BadOption", spelled(idle), `it does not go with ${name}: leave it out (svertka draw --help)`);
};

const coloursOf = (flags: Flags): Either<SvertkaError, ColourMapName> => {
  const text = textFlag(flags, "colours") ?? "inferno";
  const found = colourMapNames.find((name) => name === text);
  return found === undefined
    ? fail(
        "BadOption",
        "--colours",
        `${JSON.stringify(text.slice(0, 40))} is no colour map: give one of ${colourMapNames.join(", ")}`,
      )
    : E.right(found);
};

export const draw: Run = async ({ argument, flags, terminal }) => {
  const output = textFlag(flags, "output") ?? "";
  const problem = drawingPathProblem(output);
  if (problem !== undefined) orThrow(E.left(problem));
  const scale = orThrow(numberFlag(flags, "scale")) ?? 2;
  const colours = orThrow(coloursOf(flags));
  const kind = drawKinds.find(({ isMeant }) => isMeant({ argument, flags }));
  if (kind === undefined)
    return orThrow(
      fail(
        "BadOption",
        "draw",
        "these options together mean no drawing: see svertka draw --help for what goes together",
      ),
    );
  orThrow(unheeded(kind, flags));
  const theme = switchFlag(flags, "dark") ? "dark" : "light";
  const drawing = await kind.draw({ argument, flags, terminal, theme, colours });
  await orReject(makeDirectory(dirname(output)));
  await orReject(writeDrawing(output, drawing, { scale }));
  const { width, height } = drawing;
  terminal.result(
    switchFlag(flags, "json")
      ? JSON.stringify({ kind: kind.name, file: output, width, height }, undefined, 2)
      : `${kind.name} in ${output} (${Math.round(width)} × ${Math.round(height)})`,
  );
};
