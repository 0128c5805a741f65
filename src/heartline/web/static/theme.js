// Before the first paint: the reader's own choice of light or dark, if there is one.
(function () {
  "use strict";
  try {
    const chosen = localStorage.getItem("heartline-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch (refused) { /* storage may be switched off; the system's choice holds */ }
})();
