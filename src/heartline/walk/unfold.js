// What can be unfolded without being sent anywhere, as elements: to press first, then to point at.
const own = (el) => !el.closest("form") || el.type === "button" || el.tagName === "SUMMARY";
const still = (el) => el.tagName !== "A" || !el.getAttribute("href") || el.getAttribute("href").startsWith("#");
const pressing = all("summary, [aria-expanded=false], [aria-haspopup=true], [aria-haspopup=menu]").filter((el) => visible(el) && own(el)
  && still(el) && !el.matches(":disabled") && !(el.tagName === "SUMMARY" && el.parentElement.open) && !/^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName));
const hides = (el) => [...el.querySelectorAll("a[href]")].some((one) => !visible(one));
const pointing = all("li, [class*=menu i], [class*=dropdown i], nav div").filter((el) => visible(el) && hides(el)
  && !pressing.some((one) => el.contains(one)) && ![...el.querySelectorAll("li")].some((one) => visible(one) && hides(one)));
return [...pressing.slice(0, 20).map((el) => ["press", el]), ...pointing.slice(0, 20).map((el) => ["point", el])].flat();
