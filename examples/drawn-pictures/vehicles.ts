/** A car and a truck from the side, with bodies, cabs, windows and wheels of many kinds. */
import type { Random } from "./random.js";
import { box, ellipse, hsl, line, paint, polygon } from "./shapes.js";

const glass = "hsl(205, 35%, 75%)";

const wheel = (x: number, y: number, radius: number): string =>
  ellipse([x, y], [radius, radius], "#222") + ellipse([x, y], [radius * 0.5, radius * 0.5], "#bbb");

/** A low body with a cabin on it: saloon, hatchback or estate by where the roof begins and ends. */
export const car = (random: Random): string => {
  const colour = paint(random);
  const length = random.between(34, 42);
  const height = random.between(9, 13);
  const roof = random.between(11, 16);
  const front = random.between(-18, -10);
  const back = random.between(12, length - 6);
  const top = -height - roof;
  const radius = random.between(6.5, 8.5);
  const cabin = (inset: number, fill: string): string =>
    polygon(
      [
        [front - 10 + 1.6 * inset, -height],
        [front + inset, top + inset],
        [back - inset, top + inset],
        [Math.min(length - 2, back + 9) - 1.6 * inset, -height],
      ],
      fill,
    );
  return [
    ellipse([0, 10], [length, 3], "rgba(0,0,0,0.35)"),
    cabin(0, colour),
    cabin(2.2, glass),
    line([(front + back) / 2, top + 1], [(front + back) / 2, -height], colour, 2.4),
    box([-length, -height], [2 * length, height + 5], colour, 5),
    box([-length, -height + 3], [5, 3], "hsl(50, 90%, 75%)", 1),
    box([length - 4, -height + 3], [4, 3], "hsl(0, 80%, 45%)", 1),
    wheel(-length * 0.58, 6, radius),
    wheel(length * 0.58, 6, radius),
  ].join("");
};

/** A cab and behind it what it carries: a box, a tank or an open bed. */
const load = (random: Random, left: number, right: number): string => {
  const colour = paint(random);
  const high = random.between(26, 34);
  const kind = random.pick<"box" | "tank" | "bed">(["box", "tank", "bed"]);
  switch (kind) {
    case "box":
      return box([left, -high], [right - left, high], colour, 1);
    case "tank":
      return (
        ellipse([(left + right) / 2, -high / 2 - 2], [(right - left) / 2, high / 2 - 2], colour) +
        box([left, -4], [right - left, 4], "#555")
      );
    case "bed":
      return (
        ellipse([(left + right) / 2, -11], [(right - left) / 2 - 4, random.between(5, 13)], hsl(30, 30, 40)) +
        box([left, -12], [right - left, 12], colour)
      );
  }
};

export const truck = (random: Random): string => {
  const colour = paint(random);
  const length = random.between(36, 43);
  const cab = random.between(16, 22);
  const high = random.between(20, 27);
  const nose = random.chance(0.4) ? random.between(5, 9) : 0;
  const radius = random.between(5.5, 7.5);
  const left = -length;
  return [
    ellipse([0, 12], [length, 3], "rgba(0,0,0,0.35)"),
    load(random, left + cab + 2, length),
    box([left, -4], [2 * length, 7], "#444"),
    polygon(
      [
        [left, 2],
        [left, nose > 0 ? -12 : -high + 4],
        [left + nose + 3, nose > 0 ? -13 : -high],
        [left + nose + 4, -high],
        [left + cab, -high],
        [left + cab, 2],
      ],
      colour,
    ),
    box([left + nose + 4, -high + 4], [cab - nose - 7, 7], glass, 1),
    wheel(left + cab * 0.55, 7, radius),
    wheel(length * 0.35, 7, radius),
    wheel(length * 0.35 + 2 * radius + 1, 7, radius),
  ].join("");
};
