// What a keyboard or a screen reader misses in the theme. It makes some of its elements late: hence the observer.
(() => {
  const narrow = window.matchMedia("(max-width: 76.1875em)"); // Where the theme folds its navigation into a drawer.
  const all = (selector, action) => document.querySelectorAll(selector).forEach(action);

  const mend = () => {
    // Labels open the search and the menus; the theme lets Enter press one, and no Tab reach it.
    all("label.md-header__button[for=__search], label.md-header__button[for=__drawer]", (label) => {
      label.tabIndex = 0;
      label.setAttribute("aria-label", label.htmlFor === "__search" ? "Search" : "Menu");
    });
    all("label.md-nav__link[for^=__nav], label.md-nav__title[for^=__nav], label[for=__toc]", (label) => {
      label.tabIndex = narrow.matches ? 0 : -1;
    });
    // A section with a page of its own has a label without a word: the list below it is then named by its title.
    all("nav[aria-labelledby]", (list) => {
      const label = document.getElementById(list.getAttribute("aria-labelledby"));
      const title = list.querySelector(".md-nav__title");
      if (title && (!label || !label.textContent.trim())) {
        list.removeAttribute("aria-labelledby");
        list.setAttribute("aria-label", title.textContent.trim());
        if (label) label.setAttribute("aria-label", title.textContent.trim());
      }
    });
    // The buttons of a code block are no landmark of the page.
    all(".md-code__nav:not([role])", (buttons) => buttons.setAttribute("role", "none"));
    // What scrolls sideways can be scrolled with the arrow keys.
    all(".md-typeset__scrollwrap", (table) => {
      if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
      else table.removeAttribute("tabindex");
    });
  };

  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => { planned = false; mend(); });
  };
  mend();
  new MutationObserver(plan).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("resize", plan);
})();
