// What puts away a layer that lies over the page: the last thing in it, on top, that says so; null where nothing does.
() => {
  const said = new RegExp("^([\\u00d7\\u2715\\u2716]|(x|close|dismiss|skip|later|maybe later|not now|no,? thank(s| you)|"
    + "schlie(\\u00df|ss)en|nein,? danke|nicht jetzt|sp\\u00e4ter|fermer|non,? merci|plus tard|cerrar|no,? gracias|ahora no)\\b)", "i");
  const laid = (el) => {
    for (let up = el; up; up = up.parentElement)
      if (up.matches("dialog[open], [role=dialog], [aria-modal=true]") || getComputedStyle(up).position === "fixed") return true;
    return false;
  };
  const onTop = (el) => {
    const r = el.getBoundingClientRect();
    const on = r.width > 0 && document.elementFromPoint(r.left + r.width / 2, r.top + r.height / 2);
    return on && (el === on || el.contains(on));
  };
  return [...document.querySelectorAll("button, [role=button], a:not([href]), a[href^='#'], input[type=button]")].reverse()
    .find((el) => laid(el) && said.test((el.getAttribute("aria-label") || el.innerText || el.value || el.title || "").trim()) && onTop(el)) || null;
}
