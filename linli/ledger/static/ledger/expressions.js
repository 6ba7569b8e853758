/* Works an expression out in the browser: the twin of linli/ledger/declaration/expressions/judging.py and
   patterns.py. What is changed there is changed here; tests/ledger/expressions.json says whether the
   two agree. Values are texts, numbers, true and false; nothing is "". */

const NUMBER = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)$/;
const MOMENT = /^([1-9][0-9]{3})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$/;
const EAST = 8 * 3600; // the one clock of the country
const BEYOND = 1e15;
const MOST_TEXT = 500;

/* `scope`: { values: {name: value}, own, today, now }. What cannot be worked out is "". */
export function judge(tree, scope) {
  const found = value(tree, scope);
  if (typeof found !== "number") return found;
  return Number.isNaN(found) ? "" : found + 0;
}

export function truth(tree, scope) {
  return holds(value(tree, scope));
}

/* The fields an expression refers to by name. */
export function namesIn(tree) {
  if (!Array.isArray(tree)) return [];
  if (tree[0] === "$") return [tree[1]];
  return (tree[0] === "regex" ? tree.slice(1, 2) : tree.slice(1)).flatMap(namesIn);
}

/* What day it is, the server judges in the end: the page brings its moment, and the device's clock,
   which may be wrong, only counts on from there. */
const brought = document.querySelector("script[data-now]")?.dataset.now;
const ahead = brought ? Date.parse(brought) - Date.now() : 0;

function east() {
  return new Date(Date.now() + ahead + EAST * 1000).toISOString();
}

export function today() {
  return east().slice(0, 10);
}

export function now() {
  return `${east().slice(0, 19)}+08:00`;
}

function plain(found) {
  if (found === null || found === undefined) return "";
  if (found === true) return "yes";
  if (found === false) return "no";
  return Array.isArray(found) ? found.join(" ") : found;
}

function value(tree, scope) {
  if (!Array.isArray(tree)) return tree;
  const [operator, ...parts] = tree;
  switch (operator) {
    case "$": return plain(scope.values[parts[0]]);
    case ".": return plain(scope.own);
    case "and": return parts.every((part) => holds(value(part, scope)));
    case "or": return parts.some((part) => holds(value(part, scope)));
    case "if": return value(holds(value(parts[0], scope)) ? parts[1] : parts[2], scope);
    case "today": return scope.today || today();
    case "now": return scope.now || now();
    case "regex": return fits(parts[1], text(value(parts[0], scope)));
    default: return worked(operator, parts.map((part) => value(part, scope)));
  }
}

function worked(operator, [left, right]) {
  switch (operator) {
    case "=": return same(left, right);
    case "!=": return !same(left, right);
    case "not": return !holds(left);
    case "selected": return words(left).includes(text(right).trim());
    case "count-selected": return words(left).length;
    case "string-length": return [...text(left)].length;
    case "neg": return -number(left);
    case "<": return number(left) < number(right);
    case "<=": return number(left) <= number(right);
    case ">": return number(left) > number(right);
    case ">=": return number(left) >= number(right);
    default: return reckoned(operator, number(left), number(right));
  }
}

function reckoned(operator, left, right) {
  if ((operator === "div" || operator === "mod") && right === 0) return NaN;
  const found = { "+": left + right, "-": left - right, "*": left * right, div: left / right, mod: left % right }[operator];
  return Math.abs(found) > BEYOND ? NaN : found;
}

function same(left, right) {
  if (typeof left === "boolean" || typeof right === "boolean") return holds(left) === holds(right);
  if (typeof left === "number" || typeof right === "number") return number(left) === number(right);
  return left === right || days(left) === days(right);
}

function holds(found) {
  return typeof found === "number" ? found !== 0 && !Number.isNaN(found) : Boolean(found);
}

/* A number, a number in a text, or the days since 1970 of a day; else no number (NaN). */
function number(found) {
  if (typeof found === "boolean") return found ? 1 : 0;
  if (typeof found === "number") return Math.abs(found) > BEYOND ? NaN : found;
  const bare = found.trim();
  if (!NUMBER.test(bare)) return days(bare);
  return Math.abs(Number(bare)) > BEYOND ? NaN : Number(bare);
}

/* Days since 1970 in local time; parts of a day for a moment. */
function days(found) {
  const parts = MOMENT.exec(found.trim());
  if (!parts) return NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const midnight = Date.UTC(year, month - 1, day);
  const read = new Date(midnight);
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day) return NaN;
  if (parts[4] === undefined) return midnight / 86400000;
  if (hour > 23 || minute > 59 || second > 59) return NaN;
  return (midnight / 1000 + hour * 3600 + minute * 60 + second + EAST - offset(parts[7])) / 86400;
}

function offset(zone) {
  if (zone === undefined) return EAST;
  if (zone === "Z") return 0;
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60;
  return zone[0] === "-" ? -seconds : seconds;
}

function text(found) {
  if (typeof found !== "number") return String(found);
  if (Number.isNaN(found)) return "";
  const rounded = found.toFixed(6).replace(/\.?0+$/, "");
  return rounded === "-0" ? "0" : rounded;
}

function words(found) {
  return text(found).split(/\s+/).filter(Boolean);
}

/* Runs the program of a pattern over the whole text: all its threads at once, so that it is never slow. */
export function fits(program, found) {
  const signs = [...found];
  if (signs.length > MOST_TEXT) return false;
  let threads = follow(program, [0]);
  for (const sign of signs) {
    const code = sign.codePointAt(0);
    threads = follow(program, threads.filter((at) => takes(program[at], code)).map((at) => at + 1));
    if (!threads.length) return false;
  }
  return threads.some((at) => program[at][0] === 0);
}

function follow(program, starts) {
  const seen = new Set();
  const stack = [...starts].reverse();
  const waiting = [];
  while (stack.length) {
    const at = stack.pop();
    if (seen.has(at)) continue;
    seen.add(at);
    const step = program[at];
    if (step[0] >= 2) stack.push(...step.slice(1));
    else waiting.push(at);
  }
  return waiting;
}

function takes([what, ranges], code) {
  if (what !== 1) return false;
  for (let at = 0; at < ranges.length; at += 2) if (ranges[at] <= code && code <= ranges[at + 1]) return true;
  return false;
}
