/** What `svertka draw` can draw: each kind says when it is meant, which options it heeds, and draws. */
import type { ColourMapName, Drawing, ThemeName } from "../../viz/index.js";
import type { Call } from "../command.js";

export interface DrawCall extends Call {
  readonly theme: ThemeName;
  readonly colours: ColourMapName;
}

export interface DrawKind {
  /** `feature maps`, as sentences say it. */
  readonly name: string;
  /** Whether the call means this kind; the first of the table that is meant is drawn. */
  readonly isMeant: (call: Pick<Call, "argument" | "flags">) => boolean;
  /** The options that it heeds, beside those of all drawings, as commander keeps them. */
  readonly flags: readonly string[];
  /** A user's mistake leaves it as a thrown SvertkaFailure, as in every command. */
  readonly draw: (call: DrawCall) => Promise<Drawing>;
}

/** Options that have no default and that no kind of drawing shares with all others. */
export const modelFlags: readonly string[] = ["weights", "weightMap", "inputShape", "typeCheck"];
