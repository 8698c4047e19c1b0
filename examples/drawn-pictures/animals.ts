/** Six animals: each a body, a head and what tells it from the others, in coats of any colour. */
import type { Random } from "./random.js";
import { coat, ellipse, hsl, line, polygon, type Point } from "./shapes.js";

const eye = ([x, y]: Point): string => ellipse([x, y], [2.6, 2.6], "#fff") + ellipse([x, y], [1.4, 1.4], "#111");

const legs = (places: readonly number[], from: number, to: number, colour: string, width = 4): string =>
  places.map((x) => line([x, from], [x, to], colour, width)).join("");

/** Two wings, a beak, a tail; flying or sitting. */
export const bird = (random: Random): string => {
  const colour = random.chance(0.5) ? coat(random) : hsl(random.between(0, 360), 55, 50);
  const wing = hsl(random.between(0, 360), 25, random.between(20, 45));
  const lift = random.between(-30, 14);
  return [
    polygon(
      [
        [14, 0],
        [36, random.between(-10, 10)],
        [34, 10],
      ],
      wing,
    ),
    ellipse([0, 0], [20, 11], colour, -8),
    ellipse([-19, -9], [8.5, 8], colour),
    polygon(
      [
        [-26, -10],
        [-37, -6],
        [-26, -5],
      ],
      hsl(38, 90, 55),
    ),
    polygon(
      [
        [-9, -3],
        [9, -3],
        [14, lift],
      ],
      wing,
    ),
    legs([-3, 4], 9, 21, hsl(38, 60, 40), 2),
    eye([-21, -11]),
  ].join("");
};

/** A round face with pointed ears and whiskers before a small body. */
export const cat = (random: Random): string => {
  const colour = coat(random);
  const dark = "rgba(0,0,0,0.45)";
  return [
    ellipse([10, 20], [21, 15], colour),
    line([28, 22], [38, random.between(-16, 10)], colour, 5),
    ...[-1, 1].map((side) =>
      polygon(
        [
          [-8 + side * 17, -34],
          [-8 + side * 19, -12],
          [-8 + side * 4, -20],
        ],
        colour,
      ),
    ),
    ellipse([-8, -8], [19, 16], colour),
    ...[-6, 0, 6].map((turn) => line([-27, -2 + turn / 2], [-42, -2 + turn], dark, 1.2)),
    ...[-6, 0, 6].map((turn) => line([11, -2 + turn / 2], [26, -2 + turn], dark, 1.2)),
    eye([-15, -11]),
    eye([-1, -11]),
    polygon(
      [
        [-11, -3],
        [-5, -3],
        [-8, 1],
      ],
      hsl(345, 60, 60),
    ),
  ].join("");
};

/** A long muzzle, hanging ears, four legs and a tail that stands. */
export const dog = (random: Random): string => {
  const colour = coat(random);
  const ear = coat(random);
  return [
    legs([-12, -5, 16, 22], 8, 32, colour, 6),
    line([24, -4], [36, random.between(-26, -8)], colour, 5),
    ellipse([5, 2], [23, 11], colour),
    ellipse([-20, -14], [12, 11], colour),
    ellipse([-32, -9], [9, 5.5], colour),
    ellipse([-40, -11], [3, 2.6], "#111"),
    ellipse([-13, -12], [5, 11], ear, 12),
    eye([-24, -17]),
  ].join("");
};

/** Thin legs, a long neck, antlers, a short tail. */
export const deer = (random: Random): string => {
  const colour = hsl(random.between(18, 36), random.between(25, 60), random.between(30, 60));
  const horn = hsl(35, 30, random.between(25, 75));
  const antler = (side: number): string =>
    line([-24, -26], [-24 + side * 12, -45], horn, 2.4) +
    line([-24 + side * 6, -36], [-24 + side * 15, -37], horn, 2) +
    line([-24 + side * 8, -40], [-24 + side * 2, -47], horn, 2);
  return [
    legs([-9, -4, 17, 22], 5, 38, colour, 3),
    ellipse([6, 2], [21, 9], colour),
    polygon(
      [
        [-14, 4],
        [-4, -4],
        [-18, -25],
        [-26, -20],
      ],
      colour,
    ),
    ellipse([-26, -22], [10, 5], colour, -20),
    antler(-1),
    antler(1),
    ellipse([27, -3], [4, 3], "#eee"),
    eye([-26, -25]),
  ].join("");
};

/** A wide green body close to the ground, eyes on top, folded legs. */
export const frog = (random: Random): string => {
  const colour = hsl(random.between(50, 150), random.between(25, 80), random.between(25, 60));
  const belly = hsl(70, 45, 75);
  return [
    ...[-1, 1].map((side) => ellipse([side * 26, 14], [14, 8], colour, side * -25)),
    ...[-1, 1].map((side) => line([side * 24, 20], [side * 40, 22], colour, 4)),
    ellipse([0, 4], [27, 19], colour),
    ellipse([0, 13], [17, 9], belly),
    ...[-1, 1].map((side) => ellipse([side * 13, -14], [8, 8], colour) + eye([side * 13, -16])),
    line([-14, 0], [14, 0], "rgba(0,0,0,0.5)", 1.6),
  ].join("");
};

/** A heavy body on four long legs, a neck with a mane, a long head, a tail that hangs. */
export const horse = (random: Random): string => {
  const colour = coat(random);
  const mane = hsl(30, 25, random.between(8, 80));
  return [
    legs([-14, -7, 17, 24], 4, 37, colour, 5),
    line([29, -4], [36, 22], mane, 6),
    ellipse([5, -1], [26, 12], colour),
    polygon(
      [
        [-20, 4],
        [-2, -9],
        [-19, -36],
        [-31, -30],
      ],
      colour,
    ),
    polygon(
      [
        [-2, -10],
        [-8, -9],
        [-22, -37],
        [-17, -39],
      ],
      mane,
    ),
    ellipse([-32, -27], [13, 6], colour, -35),
    eye([-29, -31]),
  ].join("");
};
