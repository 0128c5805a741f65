// What can be focused of what is pressed, and how it and what belongs to it are drawn; null where nothing can be said.
(el) => {
  const can = "a[href], button, input:not([type=hidden]), select, summary, [tabindex]";
  let own = el.closest("label")?.control || el.querySelector?.("input[type=checkbox], input[type=radio]") || null;
  for (let up = el; up && !own; up = up.parentElement || up.getRootNode().host) if (up.matches(can)) own = up;
  const typed = own?.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=button], [type=reset], [type=image])");
  if (!own || typed || own.tabIndex < 0 || own.matches(":disabled, [aria-disabled=true]") || own.isContentEditable
    || own === own.ownerDocument.activeElement) return null;
  const PROPS = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor", "borderTopWidth", "borderTopStyle",
    "borderBottomColor", "borderBottomWidth", "borderLeftColor", "borderRightColor", "backgroundColor", "backgroundImage",
    "backgroundPosition", "backgroundSize", "color", "textDecorationLine", "textDecorationColor", "textDecorationThickness", "opacity",
    "transform", "scale", "filter", "visibility", "display", "width", "height", "top", "left", "clipPath", "fill", "stroke",
    "content", "fontWeight"];
  const drawn = () => {
    const these = new Set([own, el, ...[...own.querySelectorAll("*")].slice(0, 40), ...(own.labels || [])]);
    for (const one of [...these].slice(0, 3)) for (let next = one.nextElementSibling, n = 0; next && n < 4; next = next.nextElementSibling, n++) these.add(next);
    for (let up = own.parentElement, n = 0; up && n < 4; up = up.parentElement, n++) these.add(up);
    return [...these].map((one) => ["", "::before", "::after"].map((which) => {
      const s = getComputedStyle(one, which || null);
      return PROPS.map((name) => s[name]).join("|");
    }).join("#")).join("\n");
  };
  const boxes = [el, own].map((one) => one.getBoundingClientRect()).filter((r) => r.width > 1 && r.height > 1);
  window.__heartlineFocus = { own, drawn };
  const [x, y] = [Math.min(...boxes.map((r) => r.left)), Math.min(...boxes.map((r) => r.top))];
  return boxes.length ? { x, y, width: Math.max(...boxes.map((r) => r.right)) - x, height: Math.max(...boxes.map((r) => r.bottom)) - y } : null;
}
