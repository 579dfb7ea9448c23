/* Keys for people who work the list all day. Everything also works without this file. */
(() => {
  "use strict";

  const typing = (target) =>
    target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  const visible = (element) => element.getClientRects().length > 0;
  const rows = () => [...document.querySelectorAll("[data-row]")].filter(visible);

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const marked = all.indexOf(document.activeElement);
    const open = all.findIndex((row) => row.getAttribute("aria-current") === "true");
    const from = marked >= 0 ? marked : open;
    const to = Math.min(all.length - 1, Math.max(0, from < 0 ? 0 : from + step));
    all[to].focus();
  }

  function press(key) {
    const found = [...document.querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key === key && visible(element) && !element.disabled,
    );
    if (!found) return false;
    found.focus();
    found.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (typing(event.target)) return;
    const help = document.getElementById("help");
    if (help && help.open) return;
    if (event.key === "/") {
      const search = document.getElementById("search");
      if (!search) return;
      event.preventDefault();
      search.focus();
    } else if (event.key === "j" || event.key === "k") {
      move(event.key === "j" ? 1 : -1);
    } else if (event.key === "?" && help) {
      help.showModal();
    } else if (/^[a-z0-9]$/.test(event.key) && press(event.key)) {
      event.preventDefault();
    }
  });

  /* One act per form: a second click while the first is on its way changes nothing. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });

  /* The line that is shown beside the list. */
  document.addEventListener("htmx:afterSwap", (event) => {
    const shown = event.target.querySelector && event.target.querySelector("[data-shows]");
    if (!shown) return;
    document.querySelectorAll("[data-row]").forEach((row) => {
      if (row.dataset.row === shown.dataset.shows) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
  });

  /* Put a value's place into the text where the cursor was last. */
  let last = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-takes-fields]")) last = event.target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const into = last || document.querySelector("textarea[data-takes-fields]");
    if (!button || !into) return;
    into.setRangeText(`{{ ${button.dataset.insert} }}`, into.selectionStart, into.selectionEnd, "end");
    into.focus();
    into.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
