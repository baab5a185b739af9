// Comfort where it runs; every page works without.

// Where the sections and tabs are a strip that is longer than the screen, the one that is open is in view.
for (const here of document.querySelectorAll(".sections [aria-current], .tabs [aria-current]")) {
    const strip = here.closest(".sections, .tabs");
    if (strip.scrollWidth > strip.clientWidth) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
}

// A choice shows what it means at once.
for (const choice of document.querySelectorAll("select[data-submits]")) {
    choice.addEventListener("change", () => choice.form.requestSubmit());
}

// What was sent is not sent again by a second click.
for (const form of document.querySelectorAll("form[method=post]")) {
    form.addEventListener("submit", event => {
        if (form.dataset.sent) { event.preventDefault(); return; }
        form.dataset.sent = "yes";
        for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
    });
}
addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
        delete form.dataset.sent;
        for (const button of form.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
    }
});

// One box for all boxes of a table: <input type="checkbox" hidden data-all="name">.
for (const all of document.querySelectorAll("input[data-all]")) {
    const boxes = () => [...document.querySelectorAll(`input[type=checkbox][name="${all.dataset.all}"]`)];
    all.hidden = false;
    all.addEventListener("change", () => boxes().forEach(box => { box.checked = all.checked; }));
}

// A form that was opened is to be filled in.
for (const ask of document.querySelectorAll("details.ask")) {
    ask.addEventListener("toggle", () => { if (ask.open) ask.querySelector("form input:not([type=hidden]), form select, form textarea")?.focus(); });
}
