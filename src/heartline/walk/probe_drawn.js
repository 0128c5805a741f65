// How the page is laid out: what lies on what, what is beyond the edge, what is too faint or too small.
// Fixed to the window: can be scrolled away from under it.
const touch = [...ways, ...fields].filter((el) => !fixed(el)).slice(0, 400);
const area = (parts) => parts.reduce((sum, one) => sum + one, 0);
const overlaps = [];
for (let i = 0; i < touch.length; i++) for (let j = i + 1; j < touch.length && overlaps.length < MOST; j++) {
  const [a, b] = [touch[i], touch[j]];
  if (holds(a, b) || holds(b, a) || [...(a.labels || []), ...(b.labels || [])].some((l) => l.contains(a) && l.contains(b))) continue;
  const [p, q] = [a, b].map((el) => [...el.getClientRects()]); // several where a link runs on in the next line
  const shared = p.flatMap((one) => q.map((two) => {
    const w = Math.min(one.right, two.right) - Math.max(one.left, two.left);
    const h = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
    return w > 1 && h > 1 ? w * h : 0;
  }));
  if (area(shared) > 0.1 * Math.min(...[p, q].map((rects) => area(rects.map((r) => r.width * r.height))))) overlaps.push([name(a), name(b)]);
}

// Beyond the right edge, where the whole page has to be pushed sideways.
const wide = document.documentElement.clientWidth;
const pushed = document.documentElement.scrollWidth > wide + 1;
const beyond = (el) => box(el).right + scrollX > wide + 1;
const offScreen = pushed ? touch.filter(beyond).map(name) : [];
if (pushed && !offScreen.length) { // else the innermost thing that is so wide
  const stuck = all("body *").filter((el) => visible(el) && beyond(el) && !fixed(el)).pop();
  if (stuck) offScreen.push(name(stuck));
}

// Under a finger: WCAG 2.2, 2.5.8, with what it lets off: enough room around, links in a text, the browser's own boxes.
const small = [];
if (matchMedia("(pointer: coarse)").matches) {
  const own = (el) => (/checkbox|radio/.test(el.type) && style(el).appearance !== "none") || /inset|outset/.test(style(el).borderTopStyle);
  const inText = (el) => {
    if (style(el).display !== "inline") return false;
    const block = lineage(el).find((up) => style(up).display !== "inline") || el;
    return words(block.innerText).length > [...block.querySelectorAll(WAYS)].reduce((sum, one) => sum + words(one.innerText).length + 1, 0);
  };
  const spots = touch.map((el) => {
    const all = [el, ...(el.labels || [])].filter(visible).map(box);
    const r = { left: Math.min(...all.map((b) => b.left)), right: Math.max(...all.map((b) => b.right)),
      top: Math.min(...all.map((b) => b.top)), bottom: Math.max(...all.map((b) => b.bottom)) };
    return { el, r, x: (r.left + r.right) / 2, y: (r.top + r.bottom) / 2, tiny: Math.min(r.right - r.left, r.bottom - r.top) < 23.5 };
  });
  const away = (spot, r) => Math.hypot(Math.max(r.left - spot.x, 0, spot.x - r.right), Math.max(r.top - spot.y, 0, spot.y - r.bottom));
  for (const one of spots) {
    if (!one.tiny || own(one.el) || inText(one.el) || small.length >= MOST) continue;
    const near = spots.find((two) => two !== one && !holds(two.el, one.el) && !holds(one.el, two.el)
      && (away(one, two.r) < 11.5 || (two.tiny && Math.hypot(two.x - one.x, two.y - one.y) < 23.5)));
    if (near) small.push([name(one.el), Math.round(one.r.right - one.r.left), Math.round(one.r.bottom - one.r.top), name(near.el)]);
  }
}

// Contrast by the formula of WCAG 2. What is behind a text is a range for each of red, green and blue: exact over plain
// colours, between the stops of a gradient, anything under a picture. Told only where no colour of the range is enough.
const colour = (text) => {
  const m = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
  return m && [Number(m[1]), Number(m[2]), Number(m[3]), m[4] === undefined ? 1 : Number(m[4])];
};
const hull = (ranges) => [0, 1, 2].map((i) => [Math.min(...ranges.map((r) => r[i][0])), Math.max(...ranges.map((r) => r[i][1]))]);
const laid = (top, under) => under.map(([lo, hi], i) => [lo, hi].map((v) => top[i] * top[3] + v * (1 - top[3])));
const ANY = [[0, 255], [0, 255], [0, 255]];
const layers = (image) => { // at commas that stand in no bracket
  let depth = 0;
  const told = [""];
  for (const sign of image) {
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (sign === "," && depth === 0) told.push(""); else told[told.length - 1] += sign;
  }
  return told.map((one) => one.trim());
};
const drawn = (layer, under, whole) => {
  if (!/^(repeating-)?(linear|radial|conic)-gradient\(/.test(layer) || /\b(in (oklab|oklch|hsl|hwb|lab|lch)|color|oklab|oklch|lab|lch)\b/.test(layer)) return ANY;
  const stops = (layer.match(/rgba?\([^)]*\)/g) || []).map(colour);
  if (!stops.length || stops.includes(null)) return ANY;
  return hull([...stops.map((stop) => laid(stop, under)), ...(whole ? [] : [under])]);
};
const strange = (s) => Number(s.opacity) < 1 || s.filter !== "none" || s.mixBlendMode !== "normal" || (s.backdropFilter || "none") !== "none"
  || (s.maskImage || "none") !== "none" || /text/.test(s.backgroundClip + s.webkitBackgroundClip);
const ghosts = new Map();
const ghost = (el) => { // drawn by a style alone, behind or over what is in it
  if (!ghosts.has(el)) ghosts.set(el, ["::before", "::after"].some((which) => {
    const s = getComputedStyle(el, which);
    return s.content !== "none" && /absolute|fixed/.test(s.position) && (s.backgroundImage !== "none" || (colour(s.backgroundColor) || [0, 0, 0, 1])[3] > 0);
  }));
  return ghosts.get(el);
};
const painted = all("*").filter((el) => (/^(IMG|VIDEO|CANVAS|IFRAME|OBJECT|EMBED|svg)$/.test(el.tagName) || style(el).backgroundImage !== "none"
  || (colour(style(el).backgroundColor) || [0, 0, 0, 1])[3] > 0) && visible(el)).slice(0, 2000).map((el) => [el, box(el)]);
const meets = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
const behind = (el, rects) => { // null: not known
  const stack = [];
  let base = null;
  for (const up of lineage(el)) {
    const s = style(up), c = colour(s.backgroundColor);
    if (!c || strange(s) || ghost(up)) return null;
    stack.push([c, s]);
    if (c[3] === 1) { base = up; break; }
  }
  if (base && lineage(base).some((up) => strange(style(up)))) return null;
  if (painted.some(([p, r]) => rects.some((one) => meets(one, r)) && (!base || holds(base, p)) && !holds(p, el) && !holds(el, p))) return null;
  return stack.reverse().reduce((under, [c, s]) => {
    const on = laid(c, under);
    if (s.backgroundImage === "none") return on;
    const whole = [[s.backgroundSize, "auto"], [s.backgroundRepeat, "repeat"], [s.backgroundClip, "border-box"]]
      .every(([told, usual]) => told.split(",").every((one) => one.trim() === usual));
    return layers(s.backgroundImage).reverse().reduce((below, layer) => drawn(layer, below, whole), on);
  }, [[255, 255], [255, 255], [255, 255]]);
};
const light = (c) => {
  const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
const bounds = (ink, under) => { // least and most that the contrast can be
  const [lo, hi] = [0, 1].map((side) => light(under.map((r) => r[side])));
  const plain = hi - lo < 1e-4;
  if (ink[3] < 1 && !plain) return null;
  const text = light(laid(ink, under).map((r) => r[0]));
  const ends = [contrast(text, lo), contrast(text, hi)];
  return [text >= lo && text <= hi && !plain ? 1 : Math.min(...ends), Math.max(...ends)];
};
const faint = [];
const told = new Set();
let unjudged = 0;
for (const el of all("*")) {
  if (faint.length >= MOST) break;
  const texts = [...el.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
  const own = words(texts.map((n) => n.data).join(" "));
  if (!own || told.has(own) || /^(SCRIPT|STYLE|NOSCRIPT|OPTION|TEMPLATE)$/.test(el.tagName)) continue;
  if (lineage(el).some((up) => up.matches(":disabled, [aria-disabled=true], [aria-hidden=true]") || up.control?.disabled) || !visible(el)) continue;
  const rects = texts.flatMap((n) => { const range = document.createRange(); range.selectNode(n); return [...range.getClientRects()]; });
  const s = style(el);
  const ink = colour(s.webkitTextFillColor || s.color);
  const under = ink && s.textShadow === "none" ? behind(el, rects) : null;
  const known = under && bounds(ink, under);
  if (!known) { unjudged += 1; continue; }
  const size = parseFloat(s.fontSize);
  const wanted = size >= 24 || (size >= 18.66 && Number(s.fontWeight) >= 700) ? 3 : 4.5;
  if (known[1] < wanted - 0.005) { told.add(own); faint.push([own.slice(0, 60), Math.round(known[1] * 100) / 100, wanted]); }
  else if (known[0] < wanted - 0.005) unjudged += 1;
}
