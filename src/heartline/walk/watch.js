// Runs before every page: adds up layout shifts that no tap or key caused, and keeps the browser's own clocks, which a page may
// put others in the place of. What a page says on its console without end is cut: it would keep the walk from hearing all else.
(() => {
  if (window.__heartline) return; // a new tab may be asked twice
  const later = setTimeout.bind(window), frame = requestAnimationFrame.bind(window);
  const drawn = () => new Promise((done) => { frame(() => later(() => done(true))); later(() => done(true), 200); });
  const seen = { shift: 0, take: () => 0, drawn };
  Object.defineProperty(window, "__heartline", { value: seen });
  for (const kind of ["log", "info", "debug", "warn", "error", "trace", "dir", "table", "assert"]) {
    const say = console[kind].bind(console);
    let left = 200;
    console[kind] = (...told) => { if (left > 0) { left -= 1; say(...told); } };
  }
  try {
    const add = (list) => { for (const one of list) if (!one.hadRecentInput) seen.shift += one.value; };
    const watch = new PerformanceObserver((list) => add(list.getEntries()));
    watch.observe({ type: "layout-shift", buffered: true });
    seen.take = () => { add(watch.takeRecords()); const told = seen.shift; seen.shift = 0; return told; };
  } catch { /* a page that cannot be watched has a shift of 0 */ }
})();
