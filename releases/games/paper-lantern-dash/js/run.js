// One run up the river: three lanes, rows of things that come down, and what happens when they arrive. Draws nothing.
const course = JSON.parse(wx.getFileSystemManager().readFileSync("data/course.json", "utf8"));

const LANES = 3;
const REACH = 34; // logical pixels around the lantern in which a thing is touched
const THINGS = ["kite", "cloud"];

const isSpark = (thing) => thing.kind === "spark" || thing.kind === "golden";
const lerp = (from, to, part) => from + (to - from) * Math.min(1, Math.max(0, part));

/** Begin a run on a screen of that height; the lantern hangs at `lanternY`. Things carry {kind, lane, y}. */
function begin(height) {
  return {
    lane: 1,
    drift: 1, // where the lantern is on its way between lanes
    lanternY: height * 0.72,
    height,
    seconds: 0,
    distance: 0,
    sparks: 0,
    row: 0, // fireflies caught without missing one
    flare: 0, // fireflies towards the next glow
    glowing: false,
    safeUntil: 0,
    things: [],
    nextRow: 0,
    openLane: 1,
    over: false,
    score: 0,
    metres: 0,
  };
}

/** Put the next row above the screen. One lane stays open, never further than one lane from the last one. */
function addRow(run) {
  const sides = [-1, 0, 1].map((step) => run.openLane + step).filter((lane) => lane >= 0 && lane < LANES);
  run.openLane = sides[Math.floor(Math.random() * sides.length)];
  const blocked = Math.random() < lerp(0.25, 0.6, run.seconds / 50) ? 2 : 1;
  const closed = [0, 1, 2].filter((lane) => lane !== run.openLane).sort(() => Math.random() - 0.5);
  for (const lane of closed.slice(0, blocked)) {
    const kind = THINGS[Math.floor(Math.random() * THINGS.length)];
    run.things.push({ kind, lane, y: -60, turn: Math.random() * 6 });
  }
  const kind = Math.random() < course.golden ? "golden" : "spark";
  run.things.push({ kind, lane: run.openLane, y: -60, turn: Math.random() * 6 });
}

function catchSpark(run, thing, events) {
  const worth = thing.kind === "golden" ? course.spark * 3 : course.spark;
  run.row += 1;
  run.sparks += worth * Math.min(run.row, 5);
  run.flare = run.glowing ? 0 : run.flare + 1;
  if (run.flare >= course.flareAfter) {
    run.glowing = true;
    run.flare = 0;
  }
  events.push({ kind: "spark", lane: thing.lane, golden: thing.kind === "golden", row: run.row });
}

function collide(run, thing, events) {
  if (run.seconds < run.safeUntil) return;
  if (run.glowing) {
    run.glowing = false;
    run.safeUntil = run.seconds + 1;
    run.row = 0;
    events.push({ kind: "saved", lane: thing.lane });
    return;
  }
  run.over = true;
  events.push({ kind: "hit", lane: thing.lane });
}

/** Let `seconds` pass; return what happened: spark, saved, hit. */
function pass(run, seconds) {
  const events = [];
  const { first, last, gainPerSecond } = course.speed;
  const speed = Math.min(last, first + gainPerSecond * run.seconds) * (run.height / 667);
  run.seconds += seconds;
  run.distance += speed * seconds;
  run.drift += (run.lane - run.drift) * Math.min(1, seconds * 16);
  if (run.distance >= run.nextRow) {
    addRow(run);
    run.nextRow += lerp(course.row.first, course.row.last, run.seconds / 60) * (run.height / 667);
  }
  for (const thing of run.things) {
    thing.y += speed * seconds;
    thing.turn += seconds;
    const near = Math.abs(thing.y - run.lanternY) < REACH && Math.abs(thing.lane - run.drift) < 0.55;
    if (near && !thing.gone) {
      if (isSpark(thing)) catchSpark(run, thing, events);
      else collide(run, thing, events);
      thing.gone = isSpark(thing) || run.over;
    } else if (isSpark(thing) && !thing.gone && thing.y > run.lanternY + REACH) {
      thing.gone = true;
      run.row = 0;
    }
  }
  run.things = run.things.filter((thing) => thing.y < run.height + 80 && !(thing.gone && isSpark(thing)));
  run.metres = Math.floor(run.distance / course.metre);
  run.score = run.metres + run.sparks;
  return events;
}

/** Change lanes: -1 to the left, 1 to the right. Returns whether there was one. */
function dash(run, step) {
  const lane = run.lane + step;
  if (lane < 0 || lane >= LANES) return false;
  run.lane = lane;
  return true;
}

module.exports = { begin, pass, dash, LANES };
