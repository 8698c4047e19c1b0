/** Drawings of CIFAR-10's ten things in its order, 32x32: a stand-in to try programs with, of which no net can boast. */
import { bird, cat, deer, dog, frog, horse } from "./animals.js";
import type { Random } from "./random.js";
import { backdrop, box, ellipse, hsl, line, paint, polygon, posed, type Pose } from "./shapes.js";
import { car, truck } from "./vehicles.js";

/** A fuselage, wings that sweep back, a tail fin. */
const airplane = (random: Random): string => {
  const colour = hsl(random.between(0, 360), random.between(0, 40), random.between(45, 95));
  const wing = paint(random);
  const sweep = random.between(6, 20);
  return [
    polygon(
      [
        [-6, -1],
        [6, -1],
        [6 + sweep + 6, -28],
        [sweep, -28],
      ],
      wing,
    ),
    ellipse([0, 0], [40, 6.5], colour),
    polygon(
      [
        [26, -2],
        [36, -2],
        [42, -18],
        [35, -18],
      ],
      wing,
    ),
    polygon(
      [
        [-4, 2],
        [8, 2],
        [8 + sweep + 4, 26],
        [sweep + 2, 26],
      ],
      wing,
    ),
    ...[-28, -20, -12, -4].map((x) => ellipse([x, -1.5], [1.8, 1.8], "hsl(205, 40%, 35%)")),
  ].join("");
};

/** A hull on water, with a superstructure and a funnel, or with sails. */
const ship = (random: Random): string => {
  const colour = paint(random);
  const sails = random.chance(0.45);
  const above = sails
    ? line([0, 8], [0, -40], "#543", 2.4) +
      polygon(
        [
          [2, -38],
          [2, 2],
          [random.between(18, 28), 2],
        ],
        hsl(40, 20, 90),
      ) +
      polygon(
        [
          [-2, -30],
          [-2, 2],
          [random.between(-24, -15), 2],
        ],
        paint(random),
      )
    : box([-18, -6], [36, 14], "#ddd") + box([-8, -16], [20, 10], "#eee") + box([0, -30], [8, 14], paint(random));
  return [
    above,
    polygon(
      [
        [-40, 8],
        [40, 8],
        [random.between(26, 34), 24],
        [random.between(-32, -24), 24],
      ],
      colour,
    ),
    box([-60, 21], [120, 40], hsl(random.between(180, 230), random.between(20, 60), random.between(25, 60))),
  ].join("");
};

/** The thing of each class, in CIFAR-10's order. */
const things = [airplane, car, bird, cat, deer, dog, frog, horse, ship, truck] as const;

const pose: Pose = { turn: 24, offset: 14, scale: [0.6, 1.1] };

/** Something in front that hides a part, now and then. */
const inFront = (random: Random): string =>
  random.chance(0.6)
    ? ellipse(
        [random.between(-40, 40), random.between(-40, 40)],
        [random.between(6, 16), random.between(6, 16)],
        paint(random),
        random.between(0, 180),
      )
    : "";

/** One picture of the class, from -50 to 50 both ways. */
export const drawThing = (label: number, random: Random): string => {
  const thing = things[label] ?? airplane;
  return backdrop(random) + posed(thing(random), random, pose) + inFront(random);
};
