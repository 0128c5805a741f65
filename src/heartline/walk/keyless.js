// Whether something is made to be pressed, and no keyboard comes to it.
(el) => {
  const reached = "a[href], area[href], button, input, select, textarea, summary, label, option, [tabindex], [contenteditable], iframe";
  // reached by arrows
  const within = "[role=option], [role=gridcell], [role=treeitem], [role=tab], [role=menuitem], [role=toolbar], [role=radiogroup], "
    + "[role=listbox], [role=grid], [role=menu], [role=menubar], [role=tablist], [role=tree], [role=combobox]";
  const made = "a[href], button, input, [role=button], [role=link]";
  const field = "input:not([type=hidden]), select, textarea, [role=spinbutton], [role=slider], [role=combobox]";
  const left = (one) => Number(one.getAttribute("tabindex") ?? 0) < 0; // the Tab key passes it by
  const said = (one) => (one.getAttribute("aria-label") || one.innerText || one.title || "").trim().toLowerCase();
  let own = null; // what is made for pressing, as far as the page shows it
  let out = null; // taken from the Tab key's way
  for (let up = el; up && up !== document.body; up = up.parentElement || up.getRootNode().host) {
    if (up.closest(within)) return false;
    if (up.matches(reached) && !left(up)) return false;
    if (up.matches(made) && left(up)) own = out = up;
    else if (up.matches("[role=button], [role=link]") || up.hasAttribute("onclick") || getComputedStyle(up).cursor === "pointer") own = up;
  }
  if (!own || [...own.querySelectorAll(reached)].some((one) => !left(one))) return false;
  if (!out) return true;
  // beside a field, which a keyboard changes itself; or the same stands elsewhere on its way
  if (out.matches(field) || out.parentElement?.parentElement?.querySelector(field)) return false;
  return ![...document.querySelectorAll(made)].some((one) => one !== out && !left(one)
    && ((one.href && one.href === out.href) || (said(one) && said(one) === said(out))));
}
